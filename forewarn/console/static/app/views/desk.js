// The desk: the list first, the chosen alarm, the map.
import { useEffect } from "preact/hooks";
import { ApiError, get, part } from "../api.js";
import { html } from "../html.js";
import { mapShown } from "../settings.js";
import { find, loaded, selected, selectedId, take } from "../state/alarms.js";
import { detailOpen } from "../state/dialog.js";
import { notice } from "../state/notices.js";
import { say } from "../words.js";
import { AlarmList } from "./alarm_list.js";
import { Detail } from "./detail.js";
import { FleetMap } from "./fleet_map.js";

/** Select the alarm that a link names, and fetch it where it is not among the open ones. */
function useNamed(id) {
  useEffect(() => {
    if (!id) return;
    selectedId.value = id;
    detailOpen.value = true;
  }, [id]);
  const isLoaded = loaded.value;
  useEffect(() => {
    if (!id || !isLoaded || find(id)) return undefined;
    let left = false;
    get(`alarms/${part(id)}`).then(({ alarm }) => { if (!left) take(alarm); }, (error) => {
      if (!(error instanceof ApiError)) throw error;
      if (!left && error.status !== 401) notice(say("act.failed", { why: error.message }), { grave: true });
    });
    return () => { left = true; };
  }, [id, isLoaded]);
}

export function Desk({ alarm }) {
  useNamed(alarm);
  const withMap = mapShown.value === "yes";
  return html`<main class=${`desk ${withMap ? "with-map" : ""} ${detailOpen.value && selected.value ? "detail-open" : ""}`}>
    <${AlarmList} />
    <${Detail} />
    ${withMap && html`<${FleetMap} />`}
  </main>`;
}
