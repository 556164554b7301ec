// The desk: the list first, the chosen alarm, the map.
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { mapShown } from "../settings.js";
import { selectedId } from "../state/alarms.js";
import { detailOpen } from "../state/dialog.js";
import { AlarmList } from "./alarm_list.js";
import { Detail } from "./detail.js";
import { FleetMap } from "./fleet_map.js";

export function Desk({ alarm }) {
  useEffect(() => { if (alarm) selectedId.value = alarm; }, [alarm]);
  const withMap = mapShown.value === "yes";
  return html`<main class=${`desk ${withMap ? "with-map" : ""} ${detailOpen.value ? "detail-open" : ""}`}>
    <${AlarmList} />
    <${Detail} />
    ${withMap && html`<${FleetMap} />`}
  </main>`;
}
