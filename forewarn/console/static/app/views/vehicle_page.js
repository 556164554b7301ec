// One vehicle: where it was, what it heard, what came of it. Lists come, and are shown, with the newest first.
import { useMemo } from "preact/hooks";
import { html } from "../html.js";
import { part } from "../api.js";
import { to } from "../route.js";
import { segmentList } from "../state/segments.js";
import { title } from "../tables.js";
import { at, span } from "../time.js";
import { say } from "../words.js";
import { State } from "./alarm_row.js";
import { SpeedCurve } from "./charts.js";
import { Sheet, Table, useFetched } from "./fetched.js";
import { Badge } from "./icons.js";
import { OneMap } from "./one_map.js";

const SHOWN = ["plate", "plate_colour", "carrier", "phone", "class", "profile", "language", "speaks_via"];

const speed = (value) => (value === null || value === undefined ? "–" : String(Math.round(value)));
const segmentLink = (segment) => (segment ? html`<a href=${to("segment", segment.id)}>${segment.name || segment.id}</a>` : "–");

function Register({ register }) {
  if (!register) return html`<section class="block"><h2>${say("vehicle.register")}</h2><p class="quiet">${say("vehicle.no_register")}</p></section>`;
  return html`<section class="block"><h2>${say("vehicle.register")}</h2><dl class="facts">
    ${SHOWN.filter((name) => register[name]).map((name) => html`<div key=${name}>
      <dt>${say(name === "carrier" ? "detail.carrier" : `vehicle.${name}`)}</dt><dd>${register[name]}</dd></div>`)}</dl></section>`;
}

/** Prompts with their number in the table, the curve and on the map: 1 is the oldest. */
const numbered = (prompts) => prompts.filter(({ alert }) => alert.prompt).map((one, k, all) => ({ ...one, number: all.length - k }));

const promptRow = ({ alert, outcome, number }) => ({
  key: `${alert.id}/${alert.seq}`,
  cells: [html`<b class="number">${number}</b>`, at(alert.prompt.speak_at, { seconds: true }), html`<span lang=${alert.prompt.language}>${alert.prompt.text}</span>`,
    segmentLink(alert.segment), html`<span class=${`outcome ${outcome?.outcome ?? ""}`}>${say(outcome ? `outcome.${outcome.outcome}` : "outcome.none")}</span>`],
});

const passageRow = (one) => ({
  key: one.id,
  cells: [at(one.entered_at ?? one.approached_at, { seconds: true }), segmentLink(one.segment), speed(one.speed_at_prompt_kmh), speed(one.speed_at_entry_kmh), speed(one.lowest_kmh)],
});

function worstText({ kind, worst }) {
  if (!worst) return "–";
  if (kind === "fatigue") return worst.driven_s === null ? "–" : span(worst.driven_s, say);
  return `${speed(worst.speed_kmh)} km/h${worst.over_pct === null ? "" : ` · +${Math.round(worst.over_pct)} %`}`;
}

const episodeRow = (one) => ({
  key: `${one.id}/${one.seq}`,
  cells: [at(one.started_at), say(`alert.${one.kind}`), worstText(one), one.ended_at ? at(one.ended_at) : say("col.goes_on"), segmentLink(one.segment)],
});

const alarmRow = (one) => ({
  key: one.id,
  cells: [at(one.raised_at), html`<${Badge} priority=${one.priority} hollow=${one.state !== "unacknowledged"} />`,
    html`<a href=${to("alarm", one.id)}>${title(one.kind)}</a>`, String(one.count), html`<${State} state=${one.state} />`],
});

/** `segment` is its id; the segment file knows its name. */
const repeatRow = ({ segment, count }) => ({
  key: segment, cells: [segmentLink(segmentList.value.find(({ id }) => id === segment) ?? { id: segment }), `×${count}`],
});

function Found({ told }) {
  const drawn = useMemo(() => ({ fixes: told.fixes, prompts: numbered(told.prompts) }), [told]);
  const { prompts } = drawn;
  const features = told.fixes.map(([, lon, lat]) => ({ geometry: { coordinates: [lon, lat] } }));
  const [first, last] = [told.fixes[0], told.fixes.at(-1)];
  const note = last ? say("vehicle.fixes", { n: told.fixes.length, from: at(first[0]), to: at(last[0]) }) : say("vehicle.no_fixes");
  return html`<div class="sheet-body">
    <div class="sheet-map"><${OneMap} label=${say("map.title")} note=${note} drawing="drawTrack" data=${drawn} features=${features} />
      ${last && html`<section class="block"><h2>${say("vehicle.speeds")} <small>km/h</small></h2><${SpeedCurve} fixes=${told.fixes} prompts=${prompts} /></section>`}</div>
    <div class="sheet-side" tabindex="0" role="region" aria-label=${say("frame.vehicle")}>
      <${Register} register=${told.register} />
      <${Table} caption=${say("vehicle.alarms")} titles=${[say("col.at"), say("list.priority"), say("list.what"), say("list.count"), say("list.state")]} rows=${told.alarms.map(alarmRow)} />
      <${Table} caption=${say("vehicle.prompts")} titles=${["#", say("col.at"), say("col.text"), say("col.segment"), say("col.outcome")]} rows=${prompts.map(promptRow)} />
      <${Table} caption=${say("vehicle.passages")} titles=${[say("col.at"), say("col.segment"), say("col.at_prompt"), say("col.at_entry"), say("col.lowest")]} rows=${told.passages.map(passageRow)} />
      <${Table} caption=${say("vehicle.episodes")} titles=${[say("col.at"), say("col.kind"), say("col.worst"), say("col.ended"), say("col.segment")]} rows=${told.episodes.map(episodeRow)} />
      <${Table} caption=${say("vehicle.repeats")} titles=${[say("col.segment"), say("list.count")]}
        rows=${told.repeats.map(repeatRow)} />
    </div>
  </div>`;
}

export function VehiclePage({ id }) {
  const fetched = useFetched(`vehicles/${part(id)}`);
  return html`<${Sheet} name=${say("frame.vehicle")} heading=${id} fetched=${fetched}><${Found} told=${fetched.answer} /><//>`;
}
