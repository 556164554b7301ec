// One vehicle's way, or one segment's lines, over the roads.
const collection = (features) => ({ type: "FeatureCollection", features });
const GAP_MS = 180_000; // fixes further apart are not joined by a line: nobody knows the way between them

/** The way as lines, cut where nothing was heard for long. Rows are [time_ms, lon, lat, speed, heading]. */
function lines(fixes) {
  const found = [];
  let line = [];
  fixes.forEach(([time, lon, lat], k) => {
    if (k && time - fixes[k - 1][0] > GAP_MS) {
      found.push(line);
      line = [];
    }
    line.push([lon, lat]);
  });
  found.push(line);
  return found.filter((one) => one.length > 1);
}

/** Draw fixes and the places of prompts by their numbers, the newest over the others. */
export function drawTrack({ map, colours: c }, { fixes, prompts }) {
  map.addSource("way", { type: "geojson", data: { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines(fixes) } } });
  map.addSource("fixes", {
    type: "geojson",
    data: collection(fixes.map(([, lon, lat, , heading]) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: { heading: heading ?? 0 } }))),
  });
  const last = fixes.at(-1);
  map.addSource("now", { type: "geojson", data: collection(last ? [{ type: "Feature", geometry: { type: "Point", coordinates: [last[1], last[2]] }, properties: { heading: last[4] ?? 0 } }] : []) });
  map.addSource("prompts", {
    type: "geojson",
    data: collection(prompts.map(({ alert, number }) => ({ type: "Feature", geometry: { type: "Point", coordinates: [alert.lon, alert.lat] }, properties: { number: String(number) } })).reverse()),
  });
  map.addLayer({ id: "way", type: "line", source: "way", layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": c.track, "line-width": 2.2, "line-opacity": 0.8 } });
  map.addLayer({ id: "fixes", type: "circle", source: "fixes", minzoom: 11, paint: { "circle-radius": 2.4, "circle-color": c.ground, "circle-stroke-color": c.track, "circle-stroke-width": 1.3 } });
  map.addLayer({
    id: "now", type: "symbol", source: "now",
    layout: { "icon-image": "arrow", "icon-size": 1.2, "icon-rotate": ["get", "heading"], "icon-rotation-alignment": "map", "icon-allow-overlap": true },
    paint: { "icon-color": c.chosen, "icon-halo-color": c.halo, "icon-halo-width": 1.5 },
  });
  map.addLayer({ id: "prompts", type: "circle", source: "prompts", paint: { "circle-radius": 9.5, "circle-color": c.text, "circle-stroke-color": c.halo, "circle-stroke-width": 2 } });
  map.addLayer({
    id: "prompt-numbers", type: "symbol", source: "prompts",
    layout: { "text-field": ["get", "number"], "text-font": ["sans-serif"], "text-size": 11, "text-allow-overlap": true, "text-ignore-placement": true },
    paint: { "text-color": c.halo },
  });
}

/** Draw a segment in the colour of what is chosen, over its approaches and decoys. */
export function drawSegment({ map, colours: c }, { feature, lines: near }) {
  map.addSource("near", { type: "geojson", data: collection(near) });
  map.addSource("this", { type: "geojson", data: feature });
  const line = (id, source, filter, paint) => map.addLayer({ id, type: "line", source, filter, layout: { "line-cap": "round", "line-join": "round" }, paint });
  line("near-decoys", "near", ["==", ["get", "role"], "decoy"], { "line-color": c.track, "line-width": 2.5, "line-dasharray": [1, 2] });
  line("near-approaches", "near", ["==", ["get", "role"], "approach"], { "line-color": c.track, "line-width": 4 });
  line("this", "this", ["==", ["geometry-type"], "LineString"], { "line-color": c.chosen, "line-width": 8 });
  map.addLayer({ id: "this-point", type: "circle", source: "this", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 10, "circle-color": c.chosen } });
}
