// The map beside the list: ten thousand vehicles, the roads of the segment file, the chosen alarm in sight.
import { useEffect, useRef } from "preact/hooks";
import { effect, useSignal } from "@preact/signals";
import { html } from "../html.js";
import { to } from "../route.js";
import { isDark } from "../settings.js";
import { selected, selectedId } from "../state/alarms.js";
import { fleet, fleetSize } from "../state/fleet.js";
import { at } from "../time.js";
import { say, tongue } from "../words.js";
import { MapFrame } from "./map_frame.js";
import { Icon } from "./icons.js";

function Card({ vehicle, segment, onClose }) {
  const close = html`<button class="plain" aria-label=${say("frame.close")} onClick=${onClose}><${Icon} name="close" /></button>`;
  if (segment) {
    return html`<div class="map-card"><b>${segment.name ?? segment.id}</b>
      <a href=${to("segment", segment.id)}>${say("map.open_segment")}</a>${close}</div>`;
  }
  const one = fleet.get(vehicle);
  if (!one) return null;
  const speed = one.speed_kmh === null ? "" : ` · ${Math.round(one.speed_kmh)} ${say("unit.kmh")}`;
  return html`<div class="map-card"><b>${vehicle}</b><span>${one.driver ?? say("list.unknown_driver")}${speed}</span>
    <small>${say("map.last_fix", { at: at(one.at, { seconds: true }) })}</small>
    <a href=${to("vehicle", vehicle)}>${say("map.open_vehicle")}</a>${close}</div>`;
}

export function FleetMap() {
  const box = useRef(null);
  const opened = useSignal(null);
  const fault = useSignal("");
  const card = useSignal(null);
  const dark = isDark();
  const language = tongue();

  useEffect(() => {
    let stop = () => {};
    let left = false;
    const parts = Promise.all([import("../map/open.js"), import("../map/fleet_layers.js")]);
    parts.then(async ([{ openMap }, { FleetLayers }]) => {
      const view = left ? null : await openMap(box.current, { dark });
      if (!view) return;
      if (left) {
        view.remove();
        return;
      }
      opened.value = view;
      const layers = new FleetLayers(view, dark, { 
        onVehicle: (vehicle) => { card.value = { vehicle }; }, onSegment: (segment) => { card.value = { segment }; },
        onAlarm: (id) => { selectedId.value = id; },
      });
      const follow = effect(() => layers.follow(selected.value));
      stop = () => {
        follow();
        layers.remove();
        view.remove();
      };
    }).catch((error) => { fault.value = error.message; });
    return () => {
      left = true;
      opened.value = null;
      stop();
    };
  }, [dark, language]);

  return html`<${MapFrame} box=${box} view=${opened.value} fault=${fault.value} label=${say("map.title")}
    note=${say("map.fleet", { n: fleetSize.value.toLocaleString() })}>
    ${card.value && html`<${Card} ...${card.value} onClose=${() => { card.value = null; }} />`}
  <//>`;
}
