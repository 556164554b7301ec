// The load of this desk; and, quieter still, what drivers heard.
import { html } from "../html.js";
import { load, loadAt } from "../state/load.js";
import { now, span } from "../time.js";
import { say } from "../words.js";

/** Last hour against 6 and 12: a bar of twelve and more, with a mark at each. */
function Hour({ count, good, most }) {
  const scale = Math.max(most * 1.25, count);
  const x = (value) => (value / scale) * 100;
  const level = count > most ? "over" : count > good ? "busy" : "good";
  return html`<div class="gauge">
    <div class="figure"><span class="label">${say("load.hour")}</span><b>${count}</b>
      <small>${say(`load.hour_${level}`)}</small></div>
    <svg class=${`bar ${level}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rail" x="0" y="3" width="100" height="4" />
      <rect class="fill" x="0" y="3" width=${x(count)} height="4" />
      ${[good, most].map((value) => html`<rect class="mark" x=${x(value) - 0.3} y="0" width="0.6" height="10" />`)}
    </svg>
    <small class="quiet">${say("load.hour_of", { good, most })}</small>
  </div>`;
}

function Figure({ label, value, note, level }) {
  return html`<div class=${`figure ${level ?? ""}`}><span class="label">${label}</span><b>${value}</b>${note && html`<small>${note}</small>`}</div>`;
}

const OLD_S = 300; // half of the ten minutes in which a flood is counted

export function LoadStrip() {
  const told = load.value;
  if (!told) return html`<section class="load" aria-label=${say("load.title")}></section>`;
  const waited = told.oldest_unacknowledged_s;
  const oldest = waited === null ? null : waited + (now.value - loadAt.value) / 1000;
  return html`<section class="load" aria-label=${say("load.title")}>
    <${Hour} count=${told.last_hour} good=${told.good} most=${told.most} />
    <${Figure} label=${say("load.peak")} value=${told.peak_10min} />
    <${Figure} label=${say("load.oldest")} value=${oldest === null ? say("load.none") : span(oldest, say)}
      level=${oldest !== null && oldest > OLD_S ? "late" : ""} />
    <${Figure} label=${say("load.state")} value=${say(told.flood ? "load.flood" : "load.no_flood")} level=${told.flood ? "flood" : "calm"} />
  </section>`;
}

export function Prompts() {
  return html`<footer class="prompts">${load.value && say("load.prompts", { n: load.value.prompts_last_hour })}</footer>`;
}
