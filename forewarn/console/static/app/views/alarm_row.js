// One row of the list: an alarm, or in a flood a group of like ones.
import { html } from "../html.js";
import { underway } from "../actions.js";
import { needsSomeone, selectedId } from "../state/alarms.js";
import { detailOpen } from "../state/dialog.js";
import { toggle } from "../state/rows.js";
import { title } from "../tables.js";
import { at as clockTime, now, since, span } from "../time.js";
import { say } from "../words.js";
import { brief, placeOf, speedOf } from "./facts.js";
import { Badge, Icon } from "./icons.js";

export function whoAndWhen(alarm) {
  if (alarm.state === "shelved") return say("state.until", { who: alarm.shelved_by, at: clockTime(alarm.shelved_until) });
  if (alarm.acknowledged_by && alarm.state === "acknowledged") {
    return say("state.by", { who: alarm.acknowledged_by, at: clockTime(alarm.acknowledged_at) });
  }
  return alarm.state === "returned" ? say("state.not_seen", { at: clockTime(alarm.returned_at) }) : "";
}

export function State({ state }) {
  return html`<span class=${`state ${state}`}><${Icon} name=${state} /><span>${say(`state.${state}`)}</span></span>`;
}

export function AlarmRow({ alarm, at, top, inside }) {
  const chosen = selectedId.value === alarm.id;
  const waits = needsSomeone(alarm);
  const classes = ["row", "alarm", alarm.state, `p${alarm.priority}`, waits && "waits", chosen && "chosen", inside && "inside",
    underway.value.has(alarm.id) && "underway"].filter(Boolean).join(" ");
  function choose() {
    detailOpen.value = true;
    selectedId.value = alarm.id;
  }
  return html`<div id=${`row-${at}`} class=${classes} role="row" aria-rowindex=${at + 2} aria-selected=${chosen}
    data-alarm=${alarm.id} data-version=${alarm.version} style=${{ transform: `translateY(${top}px)` }} onClick=${choose}>
    <span role="gridcell" class="priority"><${Badge} priority=${alarm.priority} hollow=${alarm.state !== "unacknowledged"}
      soft=${alarm.state === "unacknowledged"} /></span>
    <span role="gridcell" class="what"><b>${title(alarm.kind)}</b><small>${brief(alarm)}</small></span>
    <span role="gridcell" class="vehicle"><b>${alarm.vehicle}</b><small>${alarm.driver ?? say("list.unknown_driver")}</small></span>
    <span role="gridcell" class="place"><span>${placeOf(alarm)}</span><small>${speedOf(alarm)}</small></span>
    <span role="gridcell" class="since"><b>${span(since(alarm.raised_at, now.value), say)}</b><small>${clockTime(alarm.raised_at)}</small></span>
    <span role="gridcell" class="count">${alarm.count > 1 ? `×${alarm.count}` : "1"}</span>
    <span role="gridcell" class="state-cell"><${State} state=${alarm.state} /><small>${whoAndWhen(alarm)}</small></span>
  </div>`;
}

export function GroupRow({ group, open, id, at, top }) {
  const chosen = selectedId.value === id;
  const [worst] = group;
  const waiting = group.filter(needsSomeone).length;
  const newest = group.reduce((a, b) => (a.raised_at > b.raised_at ? a : b));
  function choose() {
    selectedId.value = id;
    toggle(id);
  }
  return html`<div id=${`row-${at}`} class=${`row group p${worst.priority} ${waiting ? "waits" : ""} ${chosen ? "chosen" : ""}`} role="row"
    aria-rowindex=${at + 2} aria-selected=${chosen} aria-expanded=${open} data-group=${id}
    style=${{ transform: `translateY(${top}px)` }} onClick=${choose}>
    <span role="gridcell" class="priority"><${Badge} priority=${worst.priority} hollow=${!waiting} soft=${waiting > 0} /></span>
    <span role="gridcell" class="what"><b>${title(worst.kind)}</b><small>${say("list.group", { n: group.length, u: waiting })}</small></span>
    <span role="gridcell" class="vehicle"><span class="names">${group.slice(0, 3).map((one) => one.vehicle).join(" · ")}${group.length > 3 ? " …" : ""}</span></span>
    <span role="gridcell" class="place"><span>${worst.segment_name ?? worst.carrier ?? ""}</span></span>
    <span role="gridcell" class="since"><b>${span(since(newest.raised_at, now.value), say)}</b></span>
    <span role="gridcell" class="count">${group.length}</span>
    <span role="gridcell" class="state-cell fold"><${Icon} name="chevron" />${say(open ? "list.group_close" : "list.group_open")}</span>
  </div>`;
}
