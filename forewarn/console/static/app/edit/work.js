// What is edited of one segment and not yet in the draft. It holds changes alone: what it stands on may be loaded anew.
import { batch, computed, signal } from "@preact/signals";
import { draft, isEditable, linesOf, segmentOf } from "./draft.js";
import { DEFAULTS, FIELDS, fieldsFor } from "./fields.js";

const MOST_PAST = 100;
const BY_HAND = "hand-approach-";

/**
 * Null, or {key that no other has, number of the draft, id (null: a new one), fields, geometry, approaches, past}; what is
 * undefined is untouched.
 */
export const work = signal(null);
/** What the server said against it. */
export const refusal = signal("");
/** Which line of it is chosen on the map: `main`, or `approach:N`; and which of its points. */
export const part = signal("main");
export const vertex = signal(null);

/** The segment in the draft; null for a new one. */
export const original = computed(() => (work.value?.id ? segmentOf(work.value.id) : null));
export const geometry = computed(() => work.value?.geometry ?? original.value?.geometry ?? null);
/** The lines drawn by hand that lead to its entry. */
export const approaches = computed(() => work.value?.approaches ?? approachesOf(work.value?.id));
export const isDirty = computed(() => work.value !== null && (work.value.id === null || Object.keys(changedFields()).length > 0
  || work.value.geometry !== undefined || work.value.approaches !== undefined));

export const isByHand = ({ properties }) => properties.id.startsWith(BY_HAND);

function approachesOf(id) {
  if (!id) return [];
  return linesOf(id).filter(isByHand).map((feature) => feature.geometry.coordinates);
}

function begin(id) {
  batch(() => {
    work.value = { key: Symbol("work"), number: draft.value.version.number, id, fields: {}, past: [] };
    refusal.value = "";
    part.value = "main";
    vertex.value = null;
  });
}

/** What is not saved of other drafts, by their numbers. */
const parked = new Map();

/** Go on with what was edited of a version. */
export function takeUp(number) {
  if (work.value?.number === number) return;
  if (work.value && isDirty.value) parked.set(work.value.number, work.value);
  work.value = parked.get(number) ?? null;
  refusal.value = "";
  parked.delete(number);
}

/** Take up a segment of the draft. */
export const choose = (id) => begin(id);
/** Take up a new one, which has no geometry until it is drawn. */
export const chooseNew = () => begin(null);
/** Forget what was changed, and take up nothing. */
export function drop() {
  work.value = null;
  refusal.value = "";
}
/** What was sent is in the draft as the segment `id`; what was written since stays. */
export function taken(sent, id) {
  if (work.value === sent) choose(id);
  else if (work.value?.key === sent.key) work.value = { ...work.value, id };
}
/** Forget what was changed. */
export const reset = () => (work.value.id === null ? drop() : choose(work.value.id));

/** What stands in a field. */
export function written(name) {
  const edited = work.value.fields[name];
  if (edited !== undefined) return edited;
  const { write } = FIELDS[name];
  return write(original.value ? original.value.properties[name] : DEFAULTS[name]);
}

export function writeField(name, value) {
  work.value = { ...work.value, fields: { ...work.value.fields, [name]: value } };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Names to values of the fields that are another than in the draft; null takes away. */
export function changedFields() {
  const found = {};
  for (const name of fieldsFor(geometry.value?.type)) {
    const value = FIELDS[name].read(written(name));
    const before = original.value?.properties[name] ?? null;
    if (!same(value, before === false ? null : before)) found[name] = value;
  }
  return found;
}

/** Name to what is wrong with it, the names of words. */
export function faults() {
  const found = {};
  for (const name of fieldsFor(geometry.value?.type)) {
    const fault = FIELDS[name].fault(FIELDS[name].read(written(name)));
    if (fault) found[name] = fault;
  }
  return found;
}

/** Change what is drawn: {geometry} or {approaches}; it can be undone. */
export function drawn(change) {
  const { geometry: shape, approaches: lines, past } = work.value;
  work.value = { ...work.value, ...change, past: [...past, { geometry: shape, approaches: lines }].slice(-MOST_PAST) };
}

export function undo() {
  const { past } = work.value;
  if (!past.length) return;
  work.value = { ...work.value, ...past.at(-1), past: past.slice(0, -1) };
  if (coordinatesOf(part.value) === undefined) part.value = "main";
}

export const turnAround = () => drawn({ geometry: { ...geometry.value, coordinates: [...geometry.value.coordinates].reverse() } });

/** The coordinates of a part: a line's list, or a point. */
export const coordinatesOf = (name) => (name === "main" ? geometry.value?.coordinates : approaches.value[Number(name.split(":")[1])]);

/** Replace the coordinates of a part. */
export function setCoordinates(name, coordinates) {
  if (name === "main") drawn({ geometry: { type: typeof coordinates[0] === "number" ? "Point" : "LineString", coordinates } });
  else drawn({ approaches: Object.assign([...approaches.value], { [Number(name.split(":")[1])]: coordinates }) });
}

export function addApproach(coordinates) {
  drawn({ approaches: [...approaches.value, coordinates] });
  part.value = `approach:${approaches.value.length - 1}`;
}

export function removeApproach(name) {
  drawn({ approaches: approaches.value.filter((_, k) => name !== `approach:${k}`) });
  part.value = "main";
}

const LEAST_POINTS = 2;

export const canDeleteVertex = computed(() => {
  const line = isEditable.value && vertex.value !== null && work.value ? coordinatesOf(part.value) : null;
  return Array.isArray(line?.[0]) && line.length > LEAST_POINTS && vertex.value < line.length;
});

export function deleteVertex() {
  if (!canDeleteVertex.value) return;
  setCoordinates(part.value, coordinatesOf(part.value).filter((_, k) => k !== vertex.value));
  vertex.value = null;
}

/** The feature as the interface takes it. */
export function asFeature() {
  const { id } = work.value;
  return { type: "Feature", geometry: geometry.value, properties: { ...(id && { id }), ...changedFields() } };
}
