// The base map under the roads: a PMTiles file of the server's own, where there is one.
import { addProtocol } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { baseAttribution, baseFault } from "../state/base.js";
import { tables } from "../tables.js";

const ADDRESS = "/basemap.pmtiles";

let protocol = null;

/** Layers by what they draw: the names that Protomaps' and OpenMapTiles' files give it, and how it is painted. */
const PAINTED = [
  { names: ["earth"], type: "fill", paint: (c) => ({ "fill-color": c.ground }) },
  { names: ["landcover", "landuse", "park"], type: "fill", paint: (c) => ({ "fill-color": c.green, "fill-opacity": 0.6 }) },
  { names: ["water"], type: "fill", paint: (c) => ({ "fill-color": c.water }) },
  { names: ["waterway"], type: "line", paint: (c) => ({ "line-color": c.water }) },
  { names: ["boundaries", "boundary"], type: "line", paint: (c) => ({ "line-color": c.baseMajor, "line-dasharray": [3, 3] }) },
  {
    names: ["roads", "transportation"], type: "line",
    paint: (c) => ({ "line-color": c.baseMajor, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 14, 2, 17, 6] }),
  },
];
const NAMED = ["places", "place"];

function vectorLayers(known, colours) {
  const layers = PAINTED.flatMap(({ names, type, paint }) => names.filter((name) => known.has(name)).map((name) => ({
    id: `base-${name}`, source: "base", "source-layer": name, type, paint: paint(colours),
    ...(type === "fill" && { filter: ["==", ["geometry-type"], "Polygon"] }),
  })));
  const places = NAMED.filter((name) => known.has(name)).map((name) => ({
    id: `base-${name}`, source: "base", "source-layer": name, type: "symbol",
    layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-size": 12, "text-font": ["sans-serif"] },
    paint: { "text-color": colours.text, "text-halo-color": colours.halo, "text-halo-width": 1.2, "text-opacity": 0.7 },
  }));
  return [...layers, ...places];
}

const asText = (markup) => new DOMParser().parseFromString(markup ?? "", "text/html").body.textContent;

/** Sources and layers of the base map; empty where the server has none, or where it does not load, which is told. */
export async function baseMap(colours) {
  const none = { sources: {}, layers: [] };
  if (!tables.value?.basemap) return none;
  const address = new URL(ADDRESS, location.href).href;
  if (!protocol) {
    protocol = new Protocol({ metadata: true });
    addProtocol("pmtiles", protocol.tile);
  }
  try {
    const file = new PMTiles(address);
    protocol.add(file);
    const [{ tileType }, metadata] = await Promise.all([file.getHeader(), file.getMetadata()]);
    baseAttribution.value = asText(metadata?.attribution);
    baseFault.value = "";
    const isVector = tileType === TileType.Mvt;
    const source = { type: isVector ? "vector" : "raster", url: `pmtiles://${address}`, ...(!isVector && { tileSize: 256 }) };
    const known = new Set((metadata?.vector_layers ?? []).map(({ id }) => id));
    const layers = isVector ? vectorLayers(known, colours) : [{ id: "base", type: "raster", source: "base", paint: { "raster-opacity": 0.6 } }];
    return { sources: { base: source }, layers };
  } catch (error) {
    baseFault.value = error.message;
    return none;
  }
}
