// The keys of the map on which segments are drawn. They go before those of the desk.
import { dialog } from "../state/dialog.js";
import { draft } from "./draft.js";
import { drawing, tool } from "./tools.js";
import { canDeleteVertex, deleteVertex, drop, isDirty, undo, work } from "./work.js";

const isDrawing = () => tool.value !== "look";
const canUndo = () => work.value !== null && work.value.past.length > 0;
const takeBack = () => (isDrawing() ? drawing.value?.takeBack() : undo());

/** Rows {keys, when, run, help}: the first of a key whose time it is runs; `help` ones stand in the help. */
export const EDIT_KEYS = [
  { keys: ["Enter"], when: isDrawing, run: () => drawing.value?.finish(), help: "edit.key_finish" },
  { keys: ["Backspace", "Delete"], when: isDrawing, run: takeBack },
  { keys: ["Delete", "Backspace"], when: () => canDeleteVertex.value, run: deleteVertex, help: "edit.key_delete" },
  { keys: ["Escape"], when: isDrawing, run: () => drawing.value?.cancel(), help: "edit.key_cancel" },
  { keys: ["Escape"], when: () => work.value !== null && !isDirty.value, run: drop },
  { keys: ["Ctrl+z"], when: () => isDrawing() || canUndo(), run: takeBack, help: "edit.key_undo" },
  { keys: ["/"], when: () => draft.value !== null, run: () => document.getElementById("edit-search")?.focus(), help: "edit.key_search" },
];

const WRITING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const PRESSED = "button, a, summary";

function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

function pressed(event) {
  if (event.defaultPrevented || event.altKey || event.isComposing || dialog.value) return;
  const name = nameOf(event);
  const row = EDIT_KEYS.find(({ keys, when }) => keys.includes(name) && when());
  if (!row) return;
  const isWriting = event.target.closest?.(WRITING);
  if (isWriting && !(name === "Escape" && isDrawing())) return;
  if (name === "Enter" && event.target.closest?.(PRESSED)) return;
  event.preventDefault();
  row.run();
}

/** Listen before the desk does; returns what ends it. */
export function listenToEditKeys() {
  addEventListener("keydown", pressed, { capture: true });
  return () => removeEventListener("keydown", pressed, { capture: true });
}
