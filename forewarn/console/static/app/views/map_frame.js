// What stands round every map: its zoom, whose data it shows, what went wrong.
import { html } from "../html.js";
import { baseAttribution, baseFault } from "../state/base.js";
import { segments, segmentsFault } from "../state/segments.js";
import { say } from "../words.js";
import { Icon } from "./icons.js";

export function MapFrame({ box, view, fault, label, note, children }) {
  const tool = (icon, name, run) => html`<button class="tool" aria-label=${say(name)} title=${say(name)} onClick=${run}><${Icon} name=${icon} /></button>`;
  const faults = [fault, segmentsFault.value && say("map.no_roads", { why: segmentsFault.value }),
    baseFault.value && say("map.no_base", { why: baseFault.value })].filter(Boolean);
  return html`<section class="map" aria-label=${label}>
    <div class="map-box" ref=${box}></div>
    ${view && html`<div class="map-tools">
      ${tool("plus", "map.zoom_in", () => view.map.zoomIn())}${tool("minus", "map.zoom_out", () => view.map.zoomOut())}
      ${tool("frame", "map.all", () => view.whole())}</div>`}
    ${faults.length > 0 && html`<p class="map-fault" role="status">${faults.join(" · ")}</p>`}
    ${children}
    <p class="map-foot"><span>${note}</span><span>${[segments.value?.attribution, baseAttribution.value].filter(Boolean).join(" · ")}</span></p>
  </section>`;
}
