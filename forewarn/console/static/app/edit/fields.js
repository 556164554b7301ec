// The fields of a segment's form: how each is written, read and checked. The server has the last word.
import { features, roleOf } from "./draft.js";

const HOURS = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;
const MOST_LIMIT_KMH = 200;
const MOST_METRES = 2000;
const DAY_MIN = 1440;
const KNOWN_KINDS = ["ramp", "unsignalled_crossing", "village_road"];
const KNOWN_CLASSES = ["truck", "hazmat_truck", "coach", "car"];
export const DEFAULTS = { half_width_m: 15, radius_m: 100 };

const text = (value) => String(value ?? "");
const words = (written) => written.trim() || null;
const number = (written) => (written.trim() === "" ? null : Number(written));
const inside = (value, least, most) => value === null || (value >= least && value <= most);

function isHours(value) {
  const found = HOURS.exec(value);
  if (!found) return false;
  const [, h, m, toH, toM] = found.map(Number);
  const [from, to] = [60 * h + m, 60 * toH + toM];
  return from !== to && Math.max(from, to) <= DAY_MIN;
}

/** Name to {write, read, fault, of}: `fault` is the name of the words that say what is wrong, `of` the only geometry it is for. */
export const FIELDS = {
  name: { write: text, read: words, fault: (value) => (value === null ? "edit.needs_name" : "") },
  kind: { write: text, read: words, fault: (value) => (value === null ? "edit.needs_kind" : "") },
  limit_kmh: { write: text, read: number, fault: (value) => (inside(value, 1, MOST_LIMIT_KMH) ? "" : "edit.bad_limit") },
  hours: { write: text, read: words, fault: (value) => (value === null || isHours(value) ? "" : "edit.bad_hours") },
  advice: { write: text, read: words, fault: () => "" },
  half_width_m: { of: "LineString", write: text, read: number, fault: (value) => (value === null || (value > 0 && value <= MOST_METRES) ? "" : "edit.bad_metres") },
  radius_m: { of: "Point", write: text, read: number, fault: (value) => (value > 0 && value <= MOST_METRES ? "" : "edit.bad_metres") },
  two_way: { of: "LineString", write: (value) => value ?? false, read: (is) => is || null, fault: () => "" },
  vehicle_classes: { write: (value) => value ?? [], read: (list) => (list.length ? list : null), fault: () => "" },
};

/** The names of the fields that a geometry of this type has. */
export const fieldsFor = (type) => Object.keys(FIELDS).filter((name) => !FIELDS[name].of || FIELDS[name].of === type);

function used(known, valuesOf) {
  const found = new Set(known);
  for (const feature of features.value.values()) if (roleOf(feature) === "segment") for (const one of valuesOf(feature.properties)) found.add(one);
  return [...found];
}

/** The kinds, and the classes of vehicles, that are known and those that the file has. */
export const kinds = () => used(KNOWN_KINDS, ({ kind }) => (kind ? [kind] : []));
export const classes = () => used(KNOWN_CLASSES, ({ vehicle_classes: list }) => list ?? []);
