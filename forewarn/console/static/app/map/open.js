// Opens a map: the roads of the segment file over the base, and icons that need no file.
import { effect } from "@preact/signals";
import { LngLatBounds, Map as View, setWorkerCount } from "maplibre-gl";
import { loadSegments, segments } from "../state/segments.js";
import { say } from "../words.js";
import { baseMap } from "./base.js";
import { COLOURS } from "./colours.js";

const FONT = ["sans-serif"];
const NONE = { type: "FeatureCollection", features: [] };
const LABELS_FROM_ZOOM = 14;

setWorkerCount(1);

const role = ["coalesce", ["get", "role"], "segment"];
const width = (thin, thick) => ["interpolate", ["linear"], ["zoom"], 9, thin, 13, (thin + thick) / 2, 16, thick];

function roadLayers(c) {
  const line = (id, what, paint) => ({
    id, type: "line", source: "roads", filter: ["==", role, what],
    layout: { "line-cap": "round", "line-join": "round" }, paint,
  });
  return [
    line("decoys", "decoy", { "line-color": c.decoy, "line-width": width(0.8, 3) }),
    line("approaches", "approach", { "line-color": c.road, "line-width": width(1.2, 4) }),
    {
      id: "points", type: "circle", source: "roads", filter: ["all", ["==", role, "segment"], ["==", ["geometry-type"], "Point"]],
      paint: { "circle-radius": 5.5, "circle-color": c.segment, "circle-stroke-color": c.ground, "circle-stroke-width": 1.5 },
    },
    line("segments", "segment", { "line-color": c.segment, "line-width": width(1.8, 5.5) }),
    {
      id: "segment-names", type: "symbol", source: "roads", minzoom: LABELS_FROM_ZOOM, filter: ["==", role, "segment"],
      layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-font": FONT, "text-size": 11, "text-max-width": 12, "text-offset": [0, 1], "text-anchor": "top", "text-padding": 10 },
      paint: { "text-color": c.name, "text-halo-color": c.halo, "text-halo-width": 1.4 },
    },
  ];
}

/** The extent of features; null where there are none. */
export function extentOf(features) {
  const extent = new LngLatBounds();
  const add = (coordinates) => (typeof coordinates[0] === "number" ? extent.extend(coordinates) : coordinates.forEach(add));
  for (const { geometry } of features) if (geometry) add(geometry.coordinates);
  return extent.isEmpty() ? null : extent;
}

/** An arrow to the north as a mask, to be tinted. */
function arrow() {
  const size = 40;
  const canvas = new OffscreenCanvas(size, size);
  const pen = canvas.getContext("2d");
  pen.beginPath();
  for (const [x, y] of [[20, 5], [32, 34], [20, 28], [8, 34]]) pen.lineTo(x, y);
  pen.closePath();
  pen.fill();
  return pen.getImageData(0, 0, size, size);
}

let lastCamera = null;

/** Resolves to {map, colours, whole, remove} when it can be drawn on, to null where the page has been left; rejects with words where it cannot. */
export async function openMap(container, { dark, extent, roads: given = null, keepCamera = !extent }) {
  const colours = COLOURS[dark ? "dark" : "light"];
  await loadSegments();
  const roads = given ?? segments.value ?? NONE;
  const base = await baseMap(colours);
  if (!container.isConnected) return null;
  const all = extentOf(roads.features);
  let map;
  try {
    map = new View({
      container, attributionControl: false, maplibreLogo: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: 0, maxZoom: 18, renderWorldCopies: false,
      locale: { "Map.Title": say("map.title") },
      style: {
        version: 8,
        sources: { ...base.sources, roads: { type: "geojson", data: roads, tolerance: 0.4 } },
        layers: [{ id: "ground", type: "background", paint: { "background-color": colours.ground } }, ...base.layers, ...roadLayers(colours)],
      },
      ...(keepCamera && lastCamera ? lastCamera : { bounds: extent ?? all ?? undefined, fitBoundsOptions: { padding: 24, maxZoom: 16 } }),
    });
  } catch (error) {
    throw new Error(`${say("map.no_webgl")} (${error.message})`);
  }
  map.touchZoomRotate.disableRotation();
  map.on("error", ({ error }) => console.warn("map:", error.message));
  if (keepCamera) map.on("moveend", () => { lastCamera = { center: map.getCenter(), zoom: map.getZoom() }; });
  await new Promise((ready) => { map.once("load", ready); });
  map.addImage("arrow", arrow(), { sdf: true, pixelRatio: 2 });
  const follow = given === null && effect(() => {
    if (segments.value && segments.value !== roads) map.getSource("roads").setData(segments.value);
  });
  return {
    map, colours,
    whole: () => (extent ?? all) && map.fitBounds(extent ?? all, { padding: 24, maxZoom: 16 }),
    remove: () => {
      if (follow) follow();
      map.remove();
    },
  };
}
