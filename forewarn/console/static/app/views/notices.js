// Short notices at the foot of the page.
import { html } from "../html.js";
import { close, notices } from "../state/notices.js";
import { say } from "../words.js";
import { Icon } from "./icons.js";

export function Notices() {
  return html`<div class="notices" role="log" aria-live="polite">
    ${notices.value.map(({ number, text, grave }) => html`<p key=${number} class=${grave ? "grave" : ""} role=${grave ? "alert" : undefined}>
      <span>${text}</span>
      <button class="plain" aria-label=${say("frame.close")} onClick=${() => close(number)}><${Icon} name="close" /></button></p>`)}
  </div>`;
}
