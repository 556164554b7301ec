// Which view: `#/`, `#/alarm/ID`, `#/vehicle/ID`, `#/segment/ID`, `#/report`.
import { signal } from "@preact/signals";

function read() {
  const [view = "", id = ""] = location.hash.replace(/^#\//, "").split("/");
  try {
    return { view, id: decodeURIComponent(id) };
  } catch {
    return { view: "", id: "" }; // a broken escape names nothing
  }
}

export const route = signal(read());
addEventListener("hashchange", () => { route.value = read(); });

export const to = (view, id) => (id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`);
export const go = (view, id) => { location.hash = to(view, id); };
