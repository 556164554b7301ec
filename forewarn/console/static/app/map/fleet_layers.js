// The vehicles on the map: one source for all, told only of those that moved; one for those with an alarm.
import { effect } from "@preact/signals";
import { todo } from "../state/alarms.js";
import { fleet, fleetRevision, moved } from "../state/fleet.js";

/** The whole map is drawn whatever moved, and a vehicle reports each 10 s at best: so often at most. */
const AT_MOST_EVERY_MS = 3000;
/** Each tile of each source that has changed asks for a drawing of the whole map: those of so long are one. */
const GATHER_MS = 250;
const ARROWS_FROM_ZOOM = 12.5;
const SEEN_FROM_ZOOM = 14;
const FIGURES_FROM_ZOOM = 12;
const collection = (features) => ({ type: "FeatureCollection", features });
const point = (lon, lat) => ({ type: "Point", coordinates: [lon, lat] });

const FINGER_PX = 6;
const around = ({ x, y }) => [[x - FINGER_PX, y - FINGER_PX], [x + FINGER_PX, y + FINGER_PX]];

const feature = (one) => ({
  type: "Feature", id: one.number, geometry: point(one.lon, one.lat),
  properties: { vehicle: one.vehicle, heading: one.heading_deg ?? 0 },
});

export class FleetLayers {
  constructor(view, dark, { onVehicle, onAlarm, onSegment }) {
    this.map = view.map;
    this.drawn = new Set();
    this.timer = 0;
    this.drawnAt = -AT_MOST_EVERY_MS;
    this.chosen = null;
    this.drawTogether();
    moved();
    this.addLayers(view.colours);
    for (const one of fleet.values()) this.drawn.add(one.number);
    this.stop = effect(() => {
      fleetRevision.value;
      todo.value;
      this.soon();
    });
    this.map.on("click", (event) => {
      const [hit] = this.map.queryRenderedFeatures(around(event.point), { layers: ["alarmed", "vehicles", "vehicle-arrows", "segments"] });
      if (hit?.layer.id === "alarmed") onAlarm(hit.properties.id);
      else if (hit?.layer.id === "segments") onSegment(hit.properties);
      else if (hit) onVehicle(hit.properties.vehicle);
    });
    for (const layer of ["vehicles", "vehicle-arrows", "alarmed", "segments"]) {
      this.map.on("mouseenter", layer, () => { this.map.getCanvas().style.cursor = "pointer"; });
      this.map.on("mouseleave", layer, () => { this.map.getCanvas().style.cursor = ""; });
    }
  }

  addLayers(c) {
    const { map } = this;
    map.addSource("fleet", { type: "geojson", data: collection([...fleet.values()].map(feature)) });
    map.addSource("alarmed", { type: "geojson", data: collection([]) });
    map.addSource("chosen", { type: "geojson", data: collection([]) });
    const colour = ["match", ["get", "priority"], 1, c.p1, 2, c.p2, c.p3];
    map.addLayer({
      id: "vehicles", type: "circle", source: "fleet", maxzoom: ARROWS_FROM_ZOOM,
      paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 1.4, 12, 3.2], "circle-color": c.vehicle, "circle-stroke-color": c.vehicleEdge, "circle-stroke-width": 0.6 },
    });
    map.addLayer({
      id: "vehicle-arrows", type: "symbol", source: "fleet", minzoom: ARROWS_FROM_ZOOM,
      layout: { "icon-image": "arrow", "icon-size": 0.75, "icon-rotate": ["get", "heading"], "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-ignore-placement": true },
      paint: { "icon-color": c.vehicle, "icon-halo-color": c.vehicleEdge, "icon-halo-width": 1 },
    });
    map.addLayer({
      id: "chosen", type: "circle", source: "chosen",
      paint: { "circle-radius": 17, "circle-color": "transparent", "circle-stroke-color": c.chosen, "circle-stroke-width": 2.5 },
    });
    map.addLayer({
      id: "alarmed", type: "circle", source: "alarmed", layout: { "circle-sort-key": ["-", ["case", ["get", "waits"], 10, 0], ["get", "priority"]] },
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, ["case", ["get", "waits"], 5, 3.5], FIGURES_FROM_ZOOM, ["case", ["get", "waits"], 8.5, 7.5]],
        "circle-color": ["case", ["get", "waits"], colour, c.ground], "circle-stroke-color": colour, "circle-stroke-width": 2,
      },
    });
    map.addLayer({
      id: "alarmed-figures", type: "symbol", source: "alarmed", minzoom: FIGURES_FROM_ZOOM - 0.5,
      layout: { "text-field": ["to-string", ["get", "priority"]], "text-font": ["sans-serif"], "text-size": 11, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": ["case", ["get", "waits"], c.ground, colour] },
    });
    map.addLayer({
      id: "alarmed-names", type: "symbol", source: "alarmed", minzoom: 11,
      layout: { "text-field": ["get", "vehicle"], "text-font": ["sans-serif"], "text-size": 12, "text-anchor": "left", "text-offset": [1.1, 0], "text-optional": true },
      paint: { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 1.4 },
    });
  }

  /** Whoever drags or zooms sees each drawing at once. */
  drawTogether() {
    const { map } = this;
    const repaint = map.triggerRepaint.bind(map);
    let timer = 0;
    map.triggerRepaint = () => {
      if (map.isMoving()) repaint();
      else timer ||= setTimeout(() => { timer = 0; repaint(); }, GATHER_MS);
    };
  }

  /** Draw when it may be drawn again; not while nobody looks. */
  soon() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (document.hidden) {
        this.drawnAt = performance.now();
        this.soon();
      } else this.draw();
    }, Math.max(0, this.drawnAt + AT_MOST_EVERY_MS - performance.now()));
  }

  draw() {
    this.drawnAt = performance.now();
    this.drawMoved();
    this.drawAlarms();
    if (this.chosen) this.mark();
  }

  drawMoved() {
    const [add, update] = [[], []];
    for (const name of moved()) {
      const one = fleet.get(name);
      if (!one) continue;
      if (this.drawn.has(one.number)) {
        update.push({ id: one.number, newGeometry: point(one.lon, one.lat), addOrUpdateProperties: [{ key: "heading", value: one.heading_deg ?? 0 }] });
      } else {
        this.drawn.add(one.number);
        add.push(feature(one));
      }
    }
    if (add.length || update.length) this.map.getSource("fleet").updateData({ add, update });
  }

  /** One mark a vehicle: its most pressing alarm. */
  drawAlarms() {
    const marks = new Map();
    for (const alarm of todo.value) {
      const at = this.placeOf(alarm);
      if (!at || marks.has(alarm.vehicle)) continue;
      const waits = alarm.state === "unacknowledged";
      marks.set(alarm.vehicle, {
        type: "Feature", geometry: point(...at), properties: { id: alarm.id, vehicle: alarm.vehicle, priority: alarm.priority, waits },
      });
    }
    this.map.getSource("alarmed").setData(collection([...marks.values()]));
  }

  placeOf({ vehicle, place }) {
    const one = fleet.get(vehicle);
    return one ? [one.lon, one.lat] : place && [place.lon, place.lat];
  }

  mark() {
    const at = this.placeOf(this.chosen);
    this.map.getSource("chosen").setData(collection(at ? [{ type: "Feature", geometry: point(...at), properties: {} }] : []));
    return at;
  }

  /** Ring the alarm's vehicle; where it is another than before, bring it into view. */
  follow(alarm) {
    const isOther = alarm?.id !== this.chosen?.id;
    this.chosen = alarm;
    if (!alarm) {
      this.map.getSource("chosen").setData(collection([]));
      return;
    }
    const at = this.mark();
    if (!isOther || !at) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), SEEN_FROM_ZOOM), duration: calm ? 0 : 500 });
  }

  remove() {
    this.stop();
    clearTimeout(this.timer);
  }
}
