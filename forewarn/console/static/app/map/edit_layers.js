// The segments of a version on a map: what is changed, what is retired, which way they lead, and the one in hand.
const collection = (features) => ({ type: "FeatureCollection", features });
const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });
const FINGER_PX = 6;
const ARROWS_FROM_ZOOM = 14.5;
const MOST_ZOOM = 22;
const METRES_A_PIXEL = 78_271.517; // at zoom 0 and the equator, with tiles of 512 pixels
const TRIES = ["segments", "points", "retired", "retired-points"];

/** Metres on the ground as pixels at every zoom, at a latitude. */
function onGround(metres, lat) {
  const pixels = metres / (METRES_A_PIXEL * Math.cos((lat * Math.PI) / 180));
  return ["interpolate", ["exponential", 2], ["zoom"], 0, pixels, MOST_ZOOM, pixels * 2 ** MOST_ZOOM];
}

/** Arrows along lines, which way they are driven. */
const arrows = (id, source, filter, colour, size, minzoom = ARROWS_FROM_ZOOM) => ({
  id, type: "symbol", source, filter, minzoom,
  layout: {
    "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "arrow", "icon-size": size, "icon-rotate": 90, "icon-rotation-alignment": "map",
    "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-padding": 0,
  },
  paint: { "icon-color": colour },
});

export class EditLayers {
  constructor({ map, colours: c }, { onChoose }) {
    this.map = map;
    this.colours = c;
    for (const name of ["retired", "near", "band", "marks"]) map.addSource(name, { type: "geojson", data: collection([]) });
    const role = ["coalesce", ["get", "role"], "segment"];
    const isSegment = ["==", role, "segment"];
    const isPoint = ["==", ["geometry-type"], "Point"];
    const round = { "line-cap": "round", "line-join": "round" };
    const changed = ["in", ["get", "id"], ["literal", []]];
    const add = (layer) => map.addLayer(layer, "segment-names");
    add({ id: "changed", type: "line", source: "roads", filter: changed, layout: round, paint: { "line-color": c.text, "line-width": 4.5 } });
    add({ id: "changed-points", type: "circle", source: "roads", filter: ["all", isPoint, changed], paint: { "circle-radius": 7, "circle-color": c.text } });
    add({ id: "retired", type: "line", source: "retired", paint: { "line-color": c.text, "line-width": 3, "line-dasharray": [1, 1.6], "line-opacity": 0.75 } });
    add({ id: "retired-points", type: "circle", source: "retired", filter: isPoint, paint: { "circle-radius": 6, "circle-color": c.ground, "circle-stroke-color": c.text, "circle-stroke-width": 1.5 } });
    add({ id: "near-decoys", type: "line", source: "near", filter: ["==", role, "decoy"], layout: round, paint: { "line-color": c.track, "line-width": 2.5, "line-dasharray": [1, 2], "line-opacity": 0.55 } });
    add({ id: "near-approaches", type: "line", source: "near", filter: ["==", role, "approach"], layout: round, paint: { "line-color": c.track, "line-width": 3, "line-opacity": 0.55 } });
    add(arrows("near-arrows", "near", ["==", role, "approach"], c.track, 0.8));
    add(arrows("segment-arrows", "roads", isSegment, c.segment, 1));
    add({ id: "band", type: "line", source: "band", layout: round, paint: { "line-color": c.chosen, "line-opacity": 0.16 } });
    add({ id: "band-point", type: "circle", source: "band", filter: isPoint, paint: { "circle-color": c.chosen, "circle-opacity": 0.14, "circle-stroke-color": c.chosen, "circle-stroke-width": 1.5 } });
    // over what is drawn: which way it leads, where it begins, which point is chosen
    map.addLayer(arrows("way", "marks", ["==", ["get", "what"], "way"], c.chosen, 1.3, 12));
    map.addLayer({ id: "vertex", type: "circle", source: "marks", filter: ["==", ["get", "what"], "vertex"], paint: { "circle-radius": 9, "circle-color": "transparent", "circle-stroke-color": c.text, "circle-stroke-width": 2.5 } });
    map.addLayer({
      id: "entry", type: "symbol", source: "marks", filter: ["==", ["get", "what"], "entry"],
      layout: { "text-field": ["get", "text"], "text-font": ["sans-serif"], "text-size": 12, "text-offset": [0, -1.1], "text-anchor": "bottom", "text-allow-overlap": true },
      paint: { "text-color": c.chosen, "text-halo-color": c.halo, "text-halo-width": 2 },
    });
    map.on("click", (event) => {
      const { x, y } = event.point;
      const [hit] = map.queryRenderedFeatures([[x - FINGER_PX, y - FINGER_PX], [x + FINGER_PX, y + FINGER_PX]], { layers: TRIES });
      onChoose(event, hit?.properties.id ?? null);
    });
    for (const layer of TRIES) {
      map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
    }
  }

  /** Lift what tells of the one in hand over what was added since. */
  lift() {
    for (const layer of ["way", "vertex", "entry"]) this.map.moveLayer(layer);
  }

  /** Show a version: its file, the ids of what it changed, the features that it retired. */
  showVersion(file, changedIds, retired) {
    this.map.getSource("roads").setData(file);
    this.map.getSource("retired").setData(collection(retired));
    const isChanged = ["in", ["get", "id"], ["literal", changedIds]];
    this.map.setPaintProperty("segment-arrows", "icon-color", ["case", isChanged, this.colours.text, this.colours.segment]);
    this.map.setFilter("changed", isChanged);
    this.map.setFilter("changed-points", ["all", ["==", ["geometry-type"], "Point"], isChanged]);
  }

  /** Show what leads to the segment in hand. */
  showNear(lines) {
    this.map.getSource("near").setData(collection(lines));
  }

  /** Show how wide a geometry reaches, which way its lines lead, its entry (a word) and the chosen point. */
  showWork({ geometry, metres, lines, vertex, entry }) {
    const band = geometry ? [feature(geometry)] : [];
    const marks = lines.map((coordinates) => feature({ type: "LineString", coordinates }, { what: "way" }));
    if (geometry?.type === "LineString") marks.push(feature({ type: "Point", coordinates: geometry.coordinates[0] }, { what: "entry", text: entry }));
    if (vertex) marks.push(feature({ type: "Point", coordinates: vertex }, { what: "vertex" }));
    const lat = geometry?.type === "Point" ? geometry.coordinates[1] : geometry?.coordinates[0][1];
    if (geometry) {
      this.map.setPaintProperty("band", "line-width", onGround(2 * metres, lat));
      this.map.setPaintProperty("band-point", "circle-radius", onGround(metres, lat));
    }
    this.map.getSource("band").setData(collection(band));
    this.map.getSource("marks").setData(collection(marks));
  }
}
