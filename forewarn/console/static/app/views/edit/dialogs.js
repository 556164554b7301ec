// The editor's dialogs: begin a draft, discard one, publish one or go back to one, and what becomes of what is not saved.
import { useSignal } from "@preact/signals";
import { draft } from "../../edit/draft.js";
import { beginDraft, conflict, discard, isBusy, publish, save } from "../../edit/sending.js";
import { drop, faults, geometry, isDirty, refusal, work, written } from "../../edit/work.js";
import { html } from "../../html.js";
import { go } from "../../route.js";
import { closeDialog, dialog } from "../../state/dialog.js";
import { say } from "../../words.js";
import { Box } from "../box.js";
import { tally } from "./changes.js";
import { isOfNow, sentence } from "./trial.js";

const MOST_WHY = 500;

const Why = ({ label }) => html`<label>${label}<textarea name="why" rows="2" required maxlength=${MOST_WHY} autofocus></textarea></label>`;
const Fault = ({ text }) => html`<p class="fault" role="alert">${text}</p>`;
const told = (form) => form.get("why").trim();

function Begin() {
  const fault = useSignal("");
  const submit = async (form) => {
    fault.value = "";
    await beginDraft(told(form), (why) => { fault.value = why; });
    if (!fault.value) closeDialog();
  };
  return html`<${Box} heading=${say("version.begin")} onSubmit=${submit} save=${say("version.begin")} busy=${isBusy.value}>
    <p class="quiet">${say("version.begin_note")}</p><${Why} label=${say("version.begin_why")} /><${Fault} text=${fault.value} /><//>`;
}

function Discard({ version }) {
  const fault = useSignal("");
  const submit = async () => {
    await discard((why) => { fault.value = why; });
    if (!fault.value) closeDialog();
  };
  return html`<${Box} heading=${say("version.discard_title", { n: version.number })} onSubmit=${submit} save=${say("version.discard")} busy=${isBusy.value}>
    <p>${say("version.discard_note", { n: draft.value.changes.length })}</p><${Fault} text=${fault.value} /><//>`;
}

/** What is known of what would be published. */
function Known({ version: { parent }, live }) {
  const { trial, changes } = draft.value;
  const isDone = trial?.state === "done";
  const untested = !trial || trial.state === "failed" ? "publish.untested" : trial.state === "running" ? "publish.running" : "publish.stale";
  return html`<ul class="known">
    <li>${changes.length ? tally(changes) : say("publish.nothing")}</li>
    ${isDone && isOfNow(draft.value) ? html`<li class="good">${say("publish.tested")} · ${sentence(trial)}</li>` : html`<li class="warn">${say(untested)}</li>`}
    ${live && parent !== live.number && html`<li class="warn">${say("publish.other_parent", { a: parent, b: live.number })}</li>`}
    ${isDirty.value && html`<li class="warn">${say("publish.unsaved")}</li>`}</ul>`;
}

function Publish({ version, live, outlet }) {
  const fault = useSignal("");
  const isBack = version.state === "retired";
  const isEmpty = !isBack && draft.value.changes.length === 0;
  const submit = async (form) => {
    fault.value = "";
    const isDone = await publish(version, live, told(form), (why) => { fault.value = why; });
    if (isDone || conflict.value) closeDialog();
    if (isDone) go("edit");
  };
  const consequence = { topic: "publish.topic", file: "publish.file" }[outlet] ?? "publish.nowhere";
  return html`<${Box} heading=${say(isBack ? "publish.back_title" : "publish.title", { n: version.number })} onSubmit=${submit}
    save=${say(isBack ? "publish.back" : "publish.do")} busy=${isBusy.value || !outlet || isEmpty}>
    ${!isBack && html`<${Known} version=${version} live=${live} />`}
    <p>${say(consequence)}</p><${Why} label=${say("publish.why")} /><${Fault} text=${fault.value} /><//>`;
}

/** Something is not saved, and another thing is wished for: `then`. */
function Leave({ then }) {
  const proceed = () => {
    closeDialog();
    then();
  };
  const name = written("name") || say("edit.new");
  const canSave = geometry.value !== null && Object.keys(faults()).length === 0;
  const submit = async () => {
    await save();
    if (refusal.value || conflict.value || isDirty.value) closeDialog();
    else proceed();
  };
  const others = html`<button type="button" onClick=${() => { drop(); proceed(); }}>${say("edit.leave_drop")}</button>`;
  return html`<${Box} heading=${say("edit.leave_title", { name })} onSubmit=${submit} save=${say("edit.save")} busy=${isBusy.value || !canSave} others=${others}>
    <p>${say("edit.leave_note")}</p><//>`;
}

export function EditDialogs() {
  const { name, id } = dialog.value ?? {};
  if (name === "begin") return html`<${Begin} />`;
  if (name === "discard") return html`<${Discard} ...${id} />`;
  if (name === "publish") return html`<${Publish} ...${id} />`;
  if (name === "leave" && work.value) return html`<${Leave} then=${id} />`;
  return null;
}
