// One version of the segments: its segments and what it changes, the map to draw on, the form of the one in hand.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { changes, draft, draftFault, isEditable, loadDraft } from "../../edit/draft.js";
import { listenToEditKeys } from "../../edit/keys.js";
import { pick } from "../../edit/picking.js";
import { conflict, isBusy } from "../../edit/sending.js";
import { aimed, tool } from "../../edit/tools.js";
import { isDirty, takeUp } from "../../edit/work.js";
import { html } from "../../html.js";
import { openDialog } from "../../state/dialog.js";
import { segmentsRevision } from "../../state/segments.js";
import { at } from "../../time.js";
import { say } from "../../words.js";
import { useFetched } from "../fetched.js";
import { Icon } from "../icons.js";
import { Changes } from "./changes.js";
import { Conflict } from "./conflict.js";
import { Form } from "./form.js";
import { EditMap } from "./map.js";
import { SegmentList } from "./segment_list.js";
import { Trial } from "./trial.js";
import { StatePill } from "./versions.js";

const PANELS = { segments: SegmentList, changes: Changes, trial: Trial };

function Head({ outlet }) {
  const { version, live } = draft.value;
  const { number, state, who, why, made_ms: made } = version;
  const dialog = (name) => () => openDialog(name, { version, live, outlet });
  return html`<header class="sheet-head edit-head">
    <a class="tool" href="#/edit" aria-label=${say("version.all")} title=${say("version.all")}><${Icon} name="back" /></a>
    <h1>${say("version.name", { n: number })}</h1><${StatePill} state=${state} />
    <p class="why"><b>${why}</b> <small>${say("version.made", { who, at: at(made) })}</small></p>
    ${state === "draft" && html`<button onClick=${dialog("discard")}>${say("version.discard")}</button>
      <button class="main" disabled=${isBusy.value} onClick=${dialog("publish")}>${say("publish.do")}…</button>`}
    ${state === "retired" && html`<button onClick=${dialog("publish")}><${Icon} name="returned" />${say("version.back")}…</button>`}
    ${state !== "draft" && html`<button class="main" onClick=${() => openDialog("begin")}><${Icon} name="plus" />${say("version.begin")}</button>`}
  </header>`;
}

function Panels() {
  const shown = useSignal("segments");
  const counts = { changes: changes.value.size };
  const Panel = PANELS[shown.value];
  const tab = (name) => html`<button key=${name} role="tab" id=${`tab-${name}`} aria-selected=${shown.value === name} aria-controls="edit-panel"
    onClick=${() => { shown.value = name; }}>${say(`edit.${name}`)} ${counts[name] > 0 && html`<b>${counts[name]}</b>`}</button>`;
  return html`<section class="edit-side" aria-label=${say("edit.title")}>
    <div class="tabs" role="tablist">${Object.keys(PANELS).map(tab)}</div>
    <div class="edit-panel" id="edit-panel" role="tabpanel" aria-labelledby=${`tab-${shown.value}`}><${Panel} /></div>
  </section>`;
}

export function DraftPage({ number }) {
  const { answer } = useFetched("segment-versions", segmentsRevision.value);
  useEffect(() => {
    takeUp(number);
    loadDraft(number);
  }, [number, segmentsRevision.value]);
  useEffect(() => {
    conflict.value = null;
    const stop = listenToEditKeys();
    const warn = (event) => { if (isDirty.value) event.preventDefault(); };
    addEventListener("beforeunload", warn);
    return () => {
      stop();
      tool.value = "look";
      removeEventListener("beforeunload", warn);
    };
  }, []);
  const isLoaded = draft.value?.version.number === number;
  useEffect(() => {
    if (!isLoaded || aimed.value === null) return;
    pick(aimed.value.id, { fly: true });
    aimed.value = null;
  }, [isLoaded]);
  if (!isLoaded) {
    return html`<main class="sheet"><p class="quiet">${draftFault.value || say("frame.loading")}</p></main>`;
  }
  return html`<main class="sheet edit">
    <${Head} outlet=${answer?.outlet} />
    <${Conflict} again=${() => loadDraft(number)} />
    ${draftFault.value && html`<p class="fault">${say("act.failed", { why: draftFault.value })}</p>`}
    ${!isEditable.value && html`<p class="quiet edit-note">${say("version.looking")}</p>`}
    <div class="edit-body"><${Panels} /><${EditMap} /><${Form} /></div>
  </main>`;
}
