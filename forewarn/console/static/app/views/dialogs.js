// The dialogs about an alarm, and which dialog of all is open. One at a time.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { act } from "../actions.js";
import { html } from "../html.js";
import { find } from "../state/alarms.js";
import { closeDialog, dialog } from "../state/dialog.js";
import { notice } from "../state/notices.js";
import { tables } from "../tables.js";
import { say, told } from "../words.js";
import { ChangeAccount, MakeAccount, OwnPassword, ResetPassword } from "./account_dialogs.js";
import { Box } from "./box.js";
import { Help } from "./help.js";

const SHIFT_MIN = 480; // one shift of 8 h
const SPANS_MIN = [15, 30, 60, 120, 240, SHIFT_MIN];
const MOST_REASON = 200;
const MOST_NOTE = 500;
const MOST_SAID = 100; // what a terminal speaks in one go

/** Do it, and close where it was done or where somebody else was first. */
async function finish(alarm, action, facts) {
  const { version } = alarm;
  const wasDone = await act(alarm.id, action, facts);
  if (wasDone || find(alarm.id)?.version !== version) closeDialog();
}

function Shelve({ alarm }) {
  const minutes = useSignal(30);
  const set = (event) => { minutes.value = Number(event.currentTarget.value); };
  const onSubmit = (form) => finish(alarm, "shelve", { minutes: minutes.value, reason: form.get("reason").trim() });
  return html`<${Box} heading=${say("shelve.title")} alarm=${alarm} onSubmit=${onSubmit} save=${say("act.shelve")}>
    <p class="quiet">${say("shelve.note")}</p>
    <label>${say("shelve.reason")}<input name="reason" required pattern=".*\\S.*" maxlength=${MOST_REASON} autofocus autocomplete="off" /></label>
    <fieldset><legend>${say("shelve.minutes")}</legend>
      <div class="choices">${SPANS_MIN.map((span) => html`<label key=${span} class="choice"><input type="radio" name="span" value=${span}
        checked=${minutes.value === span} onChange=${set} /><span>${span < 60 ? say("time.min", { m: span }) : `${span / 60} h`}</span></label>`)}
        <label class="other"><input type="number" aria-label=${say("shelve.other")} min="1" max=${SHIFT_MIN} required value=${minutes.value} onInput=${set} />
          ${say("shelve.other")}</label></div>
    </fieldset>
  <//>`;
}

function Dispose({ alarm }) {
  const what = useSignal(alarm.disposition?.what ?? "");
  const reason = useSignal("");
  const isFalse = what.value === "false_alarm";
  const needsNote = isFalse && reason.value === "other";
  function onSubmit(form) {
    const note = form.get("note").trim();
    return finish(alarm, "dispose", { what: what.value, ...(isFalse && { reason: reason.value }), ...(note && { note }) });
  }
  function onKey(event) {
    const name = Object.keys(tables.value.dispositions)[Number(event.key) - 1];
    if (!name || event.target.closest("textarea, select, input:not([type=radio])")) return;
    event.preventDefault();
    what.value = name;
    event.currentTarget.querySelector(`[value=${name}]`).focus();
  }
  return html`<${Box} heading=${say("dispose.title")} alarm=${alarm} onSubmit=${onSubmit} save=${say("dispose.save")}>
    <div class="options" role="radiogroup" aria-label=${say("dispose.title")} onKeyDown=${onKey}>
      ${Object.entries(tables.value.dispositions).map(([name, words], k) => html`<label key=${name} class="option">
        <input type="radio" name="what" value=${name} required autofocus=${k === 0} checked=${what.value === name}
          onChange=${() => { what.value = name; }} /><span>${told(words)}</span><kbd>${k + 1}</kbd></label>`)}
    </div>
    ${isFalse && html`<label>${say("dispose.because")}<select name="reason" required value=${reason.value}
      onChange=${(event) => { reason.value = event.currentTarget.value; }}>
      <option value=""></option>
      ${Object.entries(tables.value.false_because).map(([name, words]) => html`<option key=${name} value=${name}>${told(words)}</option>`)}
    </select></label>`}
    <label>${say(needsNote ? "dispose.note_needed" : "dispose.note")}<textarea name="note" rows="2" maxlength=${MOST_NOTE} required=${needsNote}></textarea></label>
  <//>`;
}

function Say({ alarm }) {
  const text = useSignal("");
  const onSubmit = () => finish(alarm, "say", { text: text.value.trim() });
  return html`<${Box} heading=${say("say.title")} alarm=${alarm} onSubmit=${onSubmit} save=${say("say.send")}>
    <label>${say("say.text")}<textarea name="text" rows="3" required maxlength=${MOST_SAID} autofocus value=${text.value}
      onInput=${(event) => { text.value = event.currentTarget.value; }}></textarea></label>
    <p class="quiet">${say("say.left", { n: MOST_SAID - text.value.length })}</p>
  <//>`;
}

function Remove({ alarm }) {
  const onSubmit = (form) => finish(alarm, "remove", { reason: form.get("reason").trim() });
  return html`<${Box} heading=${say("remove.title")} about=${alarm} onSubmit=${onSubmit} save=${say("act.remove")}>
    <p class="quiet">${say("remove.note")}</p>
    <label>${say("shelve.reason")}<input name="reason" required pattern=".*\\S.*" maxlength=${MOST_REASON} autofocus autocomplete="off" /></label>
  <//>`;
}

const OF_ALARM = { shelve: Shelve, dispose: Dispose, say: Say, remove: Remove };
const OTHERS = { help: Help, password: OwnPassword, make_account: MakeAccount, change_account: ChangeAccount, reset_password: ResetPassword };

export function Dialogs() {
  const open = dialog.value;
  const Form = OF_ALARM[open?.name];
  const alarm = Form ? find(open.id) : null;
  const isGone = Form !== undefined && alarm === null;
  useEffect(() => {
    if (!isGone) return;
    closeDialog();
    notice(say("act.gone"), { grave: true });
  }, [isGone]);
  const Other = OTHERS[open?.name];
  if (Other) return html`<${Other} key=${open.id} id=${open.id} />`;
  return alarm && html`<${Form} key=${open.id} alarm=${alarm} />`;
}
