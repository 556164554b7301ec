// What an alarm tells, in words: short for its row, whole for its detail.
import { at, span } from "../time.js";
import { say } from "../words.js";

const BRIEF = [
  ["driven_s", (value) => say("brief.driven", { x: span(value, say) })],
  ["over_pct", (value) => say("brief.over", { x: Math.round(value) })],
  ["silent_since", (value) => say("brief.silent", { x: at(value) })],
  ["ignored", (value) => say("brief.ignored", { x: value })],
];

/** The one fact that the kind is about. */
export function brief({ facts }) {
  const found = BRIEF.find(([name]) => facts?.[name] !== undefined && facts[name] !== null);
  return found ? found[1](facts[found[0]]) : "";
}

export function placeOf(alarm) {
  if (alarm.segment_name ?? alarm.segment_id) return alarm.segment_name ?? alarm.segment_id;
  if (!alarm.place) return say("list.no_place");
  return `${alarm.place.lat.toFixed(4)}, ${alarm.place.lon.toFixed(4)}`;
}

export function speedOf({ place }) {
  if (!place || place.speed_kmh === null || place.speed_kmh === undefined) return "";
  const limit = place.limit_kmh ? ` / ${Math.round(place.limit_kmh)}` : "";
  return `${Math.round(place.speed_kmh)}${limit} ${say("unit.kmh")}`;
}

/** The value of a fact as text. */
export function factText(name, value) {
  if (name.endsWith("_s")) return span(Number(value), say);
  if (name.endsWith("_pct")) return `${Math.round(value)} %`;
  if (name.endsWith("_kmh")) return `${Math.round(value)} ${say("unit.kmh")}`;
  if (name.endsWith("_since") || name.endsWith("_at")) return at(value, { seconds: true });
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The name of a fact; one that the table of words does not know shows its own. */
export function factName(name) {
  const word = say(`fact.${name}`);
  return word === `fact.${name}` ? name : word;
}

/** The name of a segment's kind; one that the table of words does not know is data, and shows itself. */
export function kindName(kind) {
  const word = say(`kind.${kind}`);
  return word === `kind.${kind}` ? kind : word;
}
