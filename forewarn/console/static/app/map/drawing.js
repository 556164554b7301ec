// Drawing on a map by terra-draw: the parts of one segment, which can be moved point by point, or a new line or point.
import {
  TerraDraw, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPointMode, TerraDrawSelectMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { snapping } from "./snapping.js";

const DECIMALS = 7; // about a centimetre, as the segment file has them
const isCoarse = matchMedia("(pointer: coarse)").matches;
const POINTER_PX = isCoarse ? 26 : 12;
const MODES = { look: "select", line: "linestring", approach: "linestring", point: "point" };
const LAST_DRAWN = "draw";

const rounded = (coordinates) => (typeof coordinates === "number" ? Number(coordinates.toFixed(DECIMALS)) : coordinates.map(rounded));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function styles(c) {
  const dots = { width: isCoarse ? 8 : 5, outline: 2 };
  const drawn = {
    lineStringColor: c.chosen, lineStringWidth: 4, closingPointColor: c.chosen, closingPointOutlineColor: c.ground, closingPointWidth: dots.width,
    snappingPointColor: c.ground, snappingPointOutlineColor: c.chosen, snappingPointWidth: dots.width, snappingPointOutlineWidth: dots.outline,
    coordinatePointColor: c.ground, coordinatePointOutlineColor: c.chosen, coordinatePointWidth: dots.width, coordinatePointOutlineWidth: dots.outline,
  };
  const point = { pointColor: c.chosen, pointOutlineColor: c.ground, pointWidth: 8, pointOutlineWidth: dots.outline };
  const select = {
    selectedLineStringColor: c.chosen, selectedLineStringWidth: 4, selectedPointColor: c.chosen, selectedPointOutlineColor: c.ground,
    selectedPointWidth: 8, selectedPointOutlineWidth: dots.outline,
    selectionPointColor: c.ground, selectionPointOutlineColor: c.chosen, selectionPointWidth: dots.width, selectionPointOutlineWidth: dots.outline,
    midPointColor: c.chosen, midPointOutlineColor: c.ground, midPointWidth: dots.width - 2, midPointOutlineWidth: 1, midPointOpacity: 0.75,
  };
  return { drawn, point, select };
}

export class Drawing {
  /**
   * `on.drawn(coordinates)`: a new line or point is finished; `on.moved(part, coordinates, index)`: a part has other points, the
   * index is that of the one that moved; `on.moving(parts)`: while that goes on; `on.selected(part)`.
   */
  constructor({ map, colours }, { on, entry, lines }) {
    this.map = map;
    this.on = on;
    this.parts = {};
    const { drawn, point, select } = styles(colours);
    const toCustom = snapping(map, { entry: () => (this.tool === "approach" ? entry() : null), lines });
    const coordinates = { draggable: true, midpoints: { draggable: true }, deletable: true, snappable: { toCustom } };
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: DECIMALS + 2 }),
      idStrategy: { isValidId: (id) => typeof id === "string", getId: () => `drawn-${this.count = (this.count ?? 0) + 1}` },
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
      modes: [
        new TerraDrawSelectMode({
          styles: select, pointerDistance: POINTER_PX, allowManualDeselection: false, keyEvents: null,
          flags: { linestring: { feature: { draggable: false, coordinates } }, point: { feature: { draggable: true } } },
        }),
        new TerraDrawLineStringMode({
          styles: drawn, pointerDistance: POINTER_PX, snapping: { toCustom }, showCoordinatePoints: true, keyEvents: { cancel: null, finish: "Enter" },
        }),
        new TerraDrawPointMode({ styles: point }),
      ],
    });
    this.draw.start();
    this.take("look", {}, "main");
    this.draw.on("finish", (id, { action }) => this.finished(id, action));
    this.draw.on("change", () => { if (!this.isShowing) this.on.moving(this.current()); });
    this.draw.on("select", (id) => { if (!this.isShowing) this.on.selected(id); });
  }

  /** Take a tool in hand; what was begun with another is dropped. The parts are shown as by `show`. */
  take(tool, parts, part) {
    this.tool = tool;
    this.draw.setMode(MODES[tool]);
    this.show(parts, part, true);
  }

  /** Show the parts {name: coordinates}, one of them with its points; nothing is touched where they are so already. */
  show(parts, part, always = false) {
    const isSo = same(parts, this.current()) && this.isSelected(part);
    this.parts = parts;
    this.part = part;
    if (!always && (this.tool !== "look" || isSo)) return;
    this.isShowing = true;
    this.draw.clear();
    this.draw.addFeatures(Object.entries(parts).map(([id, coordinates]) => {
      const isPoint = typeof coordinates[0] === "number";
      return { id, type: "Feature", geometry: { type: isPoint ? "Point" : "LineString", coordinates }, properties: { mode: isPoint ? "point" : "linestring" } };
    }));
    if (this.tool === "look" && this.draw.hasFeature(part)) this.draw.selectFeature(part);
    this.isShowing = false;
  }

  /** Whether a click lies on a part. */
  isOn({ originalEvent }) {
    const found = this.draw.getFeaturesAtPointerEvent(originalEvent, { pointerDistance: POINTER_PX, ignoreSelectFeatures: true });
    return found.some(({ id }) => id in this.parts);
  }

  /** The number of the selected part's point at a place on the map; null where there is none. */
  vertexAt({ x, y }) {
    const line = this.parts[this.part];
    if (typeof line?.[0] !== "object") return null;
    const far = line.map((place) => this.map.project(place)).map((seen) => Math.hypot(seen.x - x, seen.y - y));
    const nearest = far.indexOf(Math.min(...far));
    return far[nearest] <= POINTER_PX ? nearest : null;
  }

  isSelected(part) {
    return this.draw.getSnapshotFeature(part)?.properties.selected ?? false;
  }

  /** The parts as they are drawn at this moment. */
  current() {
    const found = {};
    for (const name of Object.keys(this.parts)) {
      const feature = this.draw.getSnapshotFeature(name);
      if (feature) found[name] = rounded(feature.geometry.coordinates);
    }
    return found;
  }

  finished(id, action) {
    const coordinates = rounded(this.draw.getSnapshotFeature(id).geometry.coordinates);
    if (action === LAST_DRAWN) this.on.drawn(coordinates);
    else {
      const before = this.parts[id];
      const index = coordinates.findIndex((place, k) => !same(place, before[k]));
      this.on.moved(id, coordinates, index < 0 ? null : index);
    }
  }

  /** Finish the line that is being drawn, as the key would. */
  finish() {
    this.map.getCanvas().dispatchEvent(new KeyboardEvent("keyup", { key: "Enter" }));
  }

  /** Take the last point back. */
  takeBack() {
    this.draw.undo();
  }

  remove() {
    this.draw.stop();
  }
}
