// Somebody else was first: who, what follows, and the way on.
import { draft } from "../../edit/draft.js";
import { conflict } from "../../edit/sending.js";
import { html } from "../../html.js";
import { say } from "../../words.js";

function text(version) {
  if (version === null) return say("edit.conflict_gone");
  const values = { n: version.number, who: version.who };
  if (version.state === "live" && version.number !== draft.value?.version.number) return say("edit.conflict_other", values);
  return version.state === "draft" ? say("edit.conflict") : say("edit.conflict_live", values);
}

/** `again` loads what is shown anew; what was written and not saved stays. */
export function Conflict({ again }) {
  if (conflict.value === null) return null;
  const load = () => {
    conflict.value = null;
    again();
  };
  return html`<p class="edit-conflict" role="alert">${text(conflict.value.version)} <button onClick=${load}>${say("edit.load_anew")}</button></p>`;
}
