// The map on which segments are drawn: the version's roads, the segment in hand, the tools.
import { useEffect, useRef } from "preact/hooks";
import { effect, untracked, useSignal } from "@preact/signals";
import { changes, draft, features, featuresBefore, isEditable, isRetired, linesOf, segmentOf } from "../../edit/draft.js";
import { DEFAULTS } from "../../edit/fields.js";
import { cancelDrawing, pick } from "../../edit/picking.js";
import { drawing, tool, wish } from "../../edit/tools.js";
import { addApproach, approaches, coordinatesOf, geometry, part, setCoordinates, vertex, work, written } from "../../edit/work.js";
import { html } from "../../html.js";
import { isDark } from "../../settings.js";
import { say, tongue } from "../../words.js";
import { MapFrame } from "../map_frame.js";
import { Bar } from "./bar.js";

const CLOSE_ZOOM = 16.5;

const lineNames = () => approaches.value.map((_, k) => `approach:${k}`);

/** What can be moved: {name: coordinates}. */
function parts() {
  if (!isEditable.value || geometry.value === null || isRetired(work.value?.id)) return {};
  return Object.fromEntries(["main", ...lineNames()].map((name) => [name, coordinatesOf(name)]));
}

/** What is shown of the segment in hand; `moved` are the parts as they are while they are being moved. */
function shownWork(moved = {}) {
  const of = (name) => moved[name] ?? coordinatesOf(name);
  const shape = geometry.value && { ...geometry.value, coordinates: of("main") };
  const lines = [...(shape?.type === "LineString" ? ["main"] : []), ...lineNames()].map(of);
  const reach = shape?.type === "Point" ? "radius_m" : "half_width_m";
  const metres = shape ? Number(written(reach)) || DEFAULTS[reach] : 0;
  const line = vertex.value === null ? null : of(part.value);
  return { geometry: shape, metres, lines, vertex: line?.[vertex.value] ?? null, entry: say("edit.entry") };
}

function onDrawn(coordinates) {
  if (tool.value === "approach") addApproach(coordinates);
  else setCoordinates("main", coordinates);
  tool.value = "look";
  if (work.value.id === null) document.getElementById("edit-name")?.focus();
}

function onMoved(name, coordinates, index) {
  const isShorter = coordinates.length < coordinatesOf(name).length;
  part.value = name;
  setCoordinates(name, coordinates);
  vertex.value = isShorter ? null : index;
}

/** A click: on the segment in hand it chooses a point, on another one it takes that up. */
function onClick(pen, event, id) {
  if (tool.value !== "look") return;
  if (pen.isOn(event)) vertex.value = pen.vertexAt(event.point);
  else if (id !== null) pick(id);
}

function whatToDraw(view, { EditLayers, Drawing, extentOf }) {
  let pen = null;
  const layers = new EditLayers(view, { onChoose: (event, id) => onClick(pen, event, id) });
  const entry = () => (geometry.value?.type === "Point" ? geometry.value.coordinates : geometry.value?.coordinates[0]) ?? null;
  const lines = (ids) => [...ids].filter((id) => id !== work.value?.id).map((id) => features.value.get(id)?.geometry.coordinates).filter((found) => Array.isArray(found?.[0]));
  const on = {
    drawn: (coordinates) => queueMicrotask(() => onDrawn(coordinates)), moved: onMoved, moving: (moved) => layers.showWork(shownWork(moved)),
    selected: (name) => { part.value = name; vertex.value = null; },
  };
  pen = new Drawing(view, { on, entry, lines });
  layers.lift();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const stops = [
    effect(() => {
      const retired = [...changes.value.keys()].filter(isRetired).map((id) => featuresBefore.value.get(id)).filter(Boolean);
      layers.showVersion(draft.value?.file ?? { type: "FeatureCollection", features: [] }, [...changes.value.keys()], retired);
    }),
    effect(() => layers.showNear(work.value?.id ? linesOf(work.value.id) : [])),
    effect(() => {
      const [now, name, tooled] = [work.value && draft.value ? parts() : {}, part.value, tool.value];
      untracked(() => (pen.tool === tooled ? pen.show(now, name) : pen.take(tooled, now, name)));
    }),
    effect(() => layers.showWork(work.value && draft.value ? shownWork() : { geometry: null, metres: 0, lines: [], vertex: null })),
    effect(() => {
      const feature = wish.value && untracked(() => segmentOf(wish.value.id));
      if (feature) view.map.fitBounds(extentOf([feature]), { padding: 80, maxZoom: CLOSE_ZOOM, duration: calm ? 0 : 600 });
    }),
  ];
  drawing.value = { finish: () => pen.finish(), takeBack: () => pen.takeBack(), cancel: cancelDrawing };
  return () => {
    drawing.value = null;
    wish.value = null;
    for (const stop of stops) stop();
    pen.remove();
  };
}

export function EditMap() {
  const box = useRef(null);
  const opened = useSignal(null);
  const fault = useSignal("");
  const dark = isDark();
  const language = tongue();
  useEffect(() => {
    let left = false;
    let remove = () => {};
    const modules = Promise.all([import("../../map/open.js"), import("../../map/edit_layers.js"), import("../../map/drawing.js")]);
    modules.then(async ([{ extentOf, openMap }, { EditLayers }, { Drawing }]) => {
      const view = left ? null : await openMap(box.current, { dark, roads: draft.value.file, keepCamera: true });
      if (!view) return;
      if (left) {
        view.remove();
        return;
      }
      const stop = whatToDraw(view, { EditLayers, Drawing, extentOf });
      remove = () => {
        stop();
        view.remove();
      };
      opened.value = view;
    }).catch((error) => { fault.value = error.message; });
    return () => {
      left = true;
      opened.value = null;
      remove();
    };
  }, [dark, language]);
  return html`<${MapFrame} box=${box} view=${opened.value} fault=${fault.value} label=${say("map.title")}
    note=${isEditable.value && work.value && tool.value === "look" ? say("edit.hint_look") : ""}><${Bar} /><//>`;
}
