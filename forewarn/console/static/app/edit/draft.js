// The version of the segments that is looked at or edited: its file, what it changes, its trial.
import { computed, signal } from "@preact/signals";
import { ApiError, get } from "../api.js";

/** Null, or {version, live, changes, trial, file, parent}: `parent` is the file that it was made from, null for none. */
export const draft = signal(null);
export const draftFault = signal("");
export const isEditable = computed(() => draft.value?.version.state === "draft");

const NO_FILE = { features: [] };
/** Counts what was asked for: an answer that comes after a later question is of no use. */
let turn = 0;

const asked = (path) => get(`segment-versions/${path}`);
const parentFile = ({ parent }) => (parent === null || parent === undefined ? null : asked(`${parent}/file`));

/** Load a version by its number, or load it anew; files that are known to be the same are not asked for. */
export async function loadDraft(number) {
  const mine = ++turn;
  const known = draft.value?.version.number === number ? draft.value : null;
  try {
    const told = await asked(number);
    const isSame = known?.version.hash === told.version.hash;
    const [file, parent] = isSame ? [known.file, known.parent]
      : await Promise.all([asked(`${number}/file`), known?.parent ?? parentFile(told.version)]);
    if (turn !== mine) return;
    draft.value = { ...told, file, parent };
    draftFault.value = "";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (turn === mine) draftFault.value = error.message;
  }
}

export function leaveDraft() {
  turn += 1;
  draft.value = null;
  draftFault.value = "";
}

export const roleOf = ({ properties }) => properties.role ?? "segment";
const byId = (file) => new Map((file ?? NO_FILE).features.map((feature) => [feature.properties.id, feature]));

/** Id to feature, all roles: as the version has them, and as they were before. */
export const features = computed(() => byId(draft.value?.file));
export const featuresBefore = computed(() => byId(draft.value?.parent));
/** Id to what this version changes of it. */
export const changes = computed(() => new Map((draft.value?.changes ?? []).map((change) => [change.id, change])));

export const isRetired = (id) => changes.value.get(id)?.what === "retired";
/** A segment by its id: as it is, or as it was where it is retired, since its road may stay as another line. */
export const segmentOf = (id) => (isRetired(id) ? featuresBefore : features).value.get(id) ?? null;

/** All segments {id, name, kind, limit_kmh, what}, those that are retired too: what is changed first, then by name. */
export const rows = computed(() => {
  const row = ({ properties: { id, name, kind, limit_kmh } }) => ({ id, name: name ?? id, kind, limit_kmh, what: changes.value.get(id)?.what ?? null });
  const retired = [...changes.value.keys()].filter(isRetired).map((id) => featuresBefore.value.get(id)).filter(Boolean);
  const all = [...features.value.values()].filter((feature) => roleOf(feature) === "segment").concat(retired).map(row);
  return all.sort((a, b) => (b.what !== null) - (a.what !== null) || a.name.localeCompare(b.name));
});

/** What leads to a segment, or lies on it. */
export function linesOf(id) {
  const names = ({ properties }) => [...properties.leads_to ?? [], ...properties.on ?? []].some(({ segment }) => segment === id);
  return [...features.value.values()].filter(names);
}
