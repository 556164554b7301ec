// The help: every key, by where it works, and what the shapes mean.
import { EDIT_KEYS } from "../edit/keys.js";
import { html } from "../html.js";
import { KEYS, keycap } from "../keys.js";
import { may } from "../session.js";
import { priorityName } from "../tables.js";
import { say } from "../words.js";
import { Box } from "./box.js";
import { Badge } from "./icons.js";

function Keys({ where }) {
  const told = Object.entries(KEYS[where]).filter(([, { help, right }]) => help && (!right || may(right)));
  return html`<section><h3>${say(`help.${where}`)}</h3><dl class="keys">${told.map(([key, { help, with: others = "" }]) => html`<div key=${key}>
    <dt>${[key, ...others].map((one) => keycap(one))}</dt><dd>${say(help)}</dd></div>`)}</dl></section>`;
}

export function Help() {
  return html`<${Box} heading=${say("help.title")}>
    <div class="help">${Object.keys(KEYS).map((where) => html`<${Keys} key=${where} where=${where} />`)}
    ${may("edit") && html`<section><h3>${say("edit.keys")}</h3><dl class="keys">${EDIT_KEYS.filter(({ help }) => help).map(({ keys, help }) => html`<div key=${help}>
      <dt>${keys.map(keycap)}</dt><dd>${say(help)}</dd></div>`)}</dl></section>`}
    <section><h3>${say("help.priorities")}</h3>
    <p class="legend">${[1, 2, 3].map((priority) => html`<span key=${priority}><${Badge} priority=${priority} />${priorityName(priority)}</span>`)}
      ${["unacknowledged", "acknowledged"].map((state) => html`<span key=${state}>
        <${Badge} priority=${1} hollow=${state !== "unacknowledged"} />${say(`state.${state}`)}</span>`)}</p></section></div>
  <//>`;
}
