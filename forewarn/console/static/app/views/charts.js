// Two small charts in SVG: a vehicle's speed over time, and speeds at the prompt against speeds at entry.
import { html } from "../html.js";
import { at } from "../time.js";
import { say } from "../words.js";

const STEP_KMH = 20;

const top = (values) => Math.max(2 * STEP_KMH, Math.ceil(Math.max(0, ...values) / STEP_KMH) * STEP_KMH);
const ticks = (most) => Array.from({ length: most / STEP_KMH + 1 }, (_, k) => k * STEP_KMH);

/** Slopes of some passages from the speed at the prompt to that at entry; the median of all stands out, the limit is dashed. */
export function Slowing({ speeds: pairs, told, limit }) {
  if (!pairs.length) return html`<p class="quiet">${say("segment.no_speeds")}</p>`;
  const [W, H, LEFT, RIGHT, TOP, FOOT] = [520, 260, 112, 112, 14, 30];
  const most = top([...pairs.flatMap((one) => [one.at_prompt, one.at_entry]), limit ?? 0]);
  const y = (kmh) => TOP + (H - TOP - FOOT) * (1 - kmh / most);
  const [x0, x1] = [LEFT, W - RIGHT];
  const [a, b] = [told.at_prompt_median, told.at_entry_median];
  const values = { a: Math.round(a), b: Math.round(b), n: told.compared, k: told.within };
  const text = say(limit ? "segment.medians" : "segment.medians_only", values);
  // where the median's figure leaves room
  const side = Math.abs(y(a) - y(limit ?? 0)) > 18 ? { x: x0 - 12, anchor: "end" } : { x: x1 + 12, anchor: "start" };
  return html`<figure class="chart"><svg viewBox=${`0 0 ${W} ${H}`} role="img" aria-label=${text}>
    ${ticks(most).map((kmh) => html`<g key=${kmh}><line class="rule" x1=${x0} x2=${x1} y1=${y(kmh)} y2=${y(kmh)} />
      <text class="tick" x="26" y=${y(kmh) + 4}>${kmh}</text></g>`)}
    <text class="tick" x="26" y=${H - 8}>km/h</text>
    ${pairs.map((one, k) => html`<line key=${k} class=${`pair ${limit && one.at_entry > limit ? "above-limit" : ""}`} x1=${x0} y1=${y(one.at_prompt)} x2=${x1} y2=${y(one.at_entry)} />`)}
    ${limit && html`<g><line class="limit" x1=${x0} x2=${x1} y1=${y(limit)} y2=${y(limit)} />
      <text class="limit-text" text-anchor=${side.anchor} x=${side.x} y=${y(limit) + 4}>${say("segment.limit")} ${limit}</text></g>`}
    <line class="median" x1=${x0} y1=${y(a)} x2=${x1} y2=${y(b)} />
    <circle class="median-end" cx=${x0} cy=${y(a)} r="4.5" /><circle class="median-end" cx=${x1} cy=${y(b)} r="4.5" />
    <text class="median-text" text-anchor="end" x=${x0 - 12} y=${y(a) + 5}>${values.a}</text>
    <text class="median-text" x=${x1 + 12} y=${y(b) + 5}>${values.b}</text>
    <text class="axis" text-anchor="middle" x=${x0} y=${H - 8}>${say("segment.at_prompt")}</text>
    <text class="axis" text-anchor="middle" x=${x1} y=${H - 8}>${say("segment.at_entry")}</text>
  </svg><figcaption>${text}</figcaption></figure>`;
}

const GAP_MS = 180_000;

/** Speed over time, with its number where each prompt was spoken. Fixes are [time_ms, lon, lat, speed, heading]. */
export function SpeedCurve({ fixes, prompts }) {
  const known = fixes.filter(([, , , kmh]) => kmh !== null);
  const [W, H, LEFT, FOOT, TOP] = [760, 150, 34, 22, 16];
  const [from, until] = [fixes[0][0], Math.max(fixes.at(-1)[0], fixes[0][0] + 1)];
  const most = top(known.map(([, , , kmh]) => kmh));
  const x = (ms) => LEFT + ((ms - from) / (until - from)) * (W - LEFT - 8);
  const y = (kmh) => TOP + (H - TOP - FOOT) * (1 - kmh / most);
  const way = known.map(([ms, , , kmh], k) => `${k && ms - known[k - 1][0] <= GAP_MS ? "L" : "M"}${x(ms).toFixed(1)} ${y(kmh).toFixed(1)}`).join("");
  const marks = prompts.map(({ alert, number }) => ({ ms: Date.parse(alert.prompt.speak_at), number })).filter(({ ms }) => ms >= from && ms <= until);
  return html`<figure class="chart"><svg class="curve" viewBox=${`0 0 ${W} ${H}`} role="img" aria-label=${say("vehicle.speeds")}>
    ${ticks(most).map((kmh) => html`<g key=${kmh}><line class="rule" x1=${LEFT} x2=${W - 8} y1=${y(kmh)} y2=${y(kmh)} /><text class="tick" x="2" y=${y(kmh) + 4}>${kmh}</text></g>`)}
    ${marks.map(({ ms, number }) => html`<g key=${number}><line class="prompt-mark" x1=${x(ms)} x2=${x(ms)} y1=${TOP} y2=${H - FOOT} />
      <text class="prompt-number" text-anchor="middle" x=${x(ms)} y="11">${number}</text></g>`)}
    <path class="speed" d=${way} />
    <text class="axis" x=${LEFT} y=${H - 5}>${at(from)}</text><text class="axis" text-anchor="end" x=${W - 8} y=${H - 5}>${at(until)}</text>
  </svg></figure>`;
}
