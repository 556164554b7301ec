// Which view: `#/`, `#/alarm/ID`, `#/vehicle/ID`, `#/segment/ID`, `#/segments`, `#/edit`, `#/edit/NUMBER`, `#/journal`, `#/report`, `#/accounts`.
import { signal } from "@preact/signals";

const VIEWS = ["", "alarm", "vehicle", "segment", "segments", "edit", "journal", "report", "accounts"];

function read() {
  const [view = "", id = ""] = location.hash.replace(/^#\//, "").split("/");
  try {
    if (VIEWS.includes(view)) return { view, id: decodeURIComponent(id) };
  } catch {
    // a broken escape names nothing, as a view that is not there
  }
  return { view: "", id: "" };
}

export const route = signal(read());
addEventListener("hashchange", () => { route.value = read(); });

/** Whether the list of alarms is in sight, on which most keys act. */
export const onDesk = () => ["", "alarm"].includes(route.value.view);

export const to = (view, id) => (id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`);
export const go = (view, id) => { location.hash = to(view, id); };
