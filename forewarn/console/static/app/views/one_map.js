// The map of a vehicle's or a segment's page: drawn once by `draw(view, data)`.
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { isDark } from "../settings.js";
import { MapFrame } from "./map_frame.js";

/** `drawing` names a function of `map/track_layers.js`; `features` are what is brought into view. */
export function OneMap({ label, note, drawing, data, features }) {
  const box = useRef(null);
  const opened = useSignal(null);
  const fault = useSignal("");
  const dark = isDark();
  useEffect(() => {
    let left = false;
    let remove = () => {};
    Promise.all([import("../map/open.js"), import("../map/track_layers.js")]).then(async ([{ extentOf, openMap }, layers]) => {
      const view = left ? null : await openMap(box.current, { dark, extent: extentOf(features) });
      if (!view) return;
      if (left) {
        view.remove();
        return;
      }
      remove = view.remove;
      layers[drawing](view, data);
      opened.value = view;
    }).catch((error) => { fault.value = error.message; });
    return () => {
      left = true;
      remove();
    };
  }, [dark, data]);
  return html`<${MapFrame} box=${box} view=${opened.value} fault=${fault.value} label=${label} note=${note} />`;
}
