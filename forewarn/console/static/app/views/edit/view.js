// The editor: the list of versions, or one of them; nothing for whoever may not edit.
import { html } from "../../html.js";
import { may } from "../../session.js";
import { say } from "../../words.js";
import { Icon } from "../icons.js";
import { EditDialogs } from "./dialogs.js";
import { DraftPage } from "./draft_page.js";
import { Versions } from "./versions.js";

function Refusal() {
  return html`<main class="sheet"><header class="sheet-head">
      <a class="tool" href="#/" aria-label=${say("frame.back")} title=${say("frame.back")}><${Icon} name="back" /></a><h1>${say("edit.title")}</h1></header>
    <section class="block"><p role="alert">${say("edit.may_not")}</p></section></main>`;
}

/** `number` as the address has it: empty for the list. */
export function EditView({ number }) {
  if (!may("edit")) return html`<${Refusal} />`;
  return html`${number === "" ? html`<${Versions} />` : html`<${DraftPage} number=${Number(number)} />`}<${EditDialogs} />`;
}
