// The segment file in force: loaded once a session, drawn as the map's roads.
import { computed, signal } from "@preact/signals";
import { ApiError, get } from "../api.js";

/** Null until it has come; then the GeoJSON. */
export const segments = signal(null);
export const segmentsFault = signal(null);

export const segmentList = computed(() => (segments.value?.features ?? [])
  .filter(({ properties }) => (properties.role ?? "segment") === "segment")
  .map(({ properties }) => properties));

/** Goes up when another version went into force. */
export const segmentsRevision = signal(0);

let asked = null;

/** Load it, once; a failed try is told and may be repeated. */
export function loadSegments() {
  asked ??= get("segments").then(
    (file) => {
      segments.value = file;
      segmentsFault.value = null;
    },
    (error) => {
      asked = null;
      if (!(error instanceof ApiError)) throw error;
      segmentsFault.value = error.message;
    },
  );
  return asked;
}

/** Another version is in force: load it anew, where it was loaded. */
export async function reloadSegments() {
  if (asked !== null) {
    asked = null;
    await loadSegments();
  }
  segmentsRevision.value += 1;
}
