// The keyboard: one table. Keys do nothing while somebody writes, and nothing by being held down but moving.
import { act, actOnSelected, possible } from "./actions.js";
import { html } from "./html.js";
import { go, onDesk } from "./route.js";
import { may } from "./session.js";
import { mapShown } from "./settings.js";
import { silence } from "./sound.js";
import { selected, selectedId } from "./state/alarms.js";
import { detailOpen, dialog, openDialog } from "./state/dialog.js";
import { notice } from "./state/notices.js";
import { move, moveToUnacknowledged, rows, selectedRow, toggle } from "./state/rows.js";
import { say } from "./words.js";

const PAGE = 10;

function ask(name, action) {
  const alarm = selected.value;
  if (!alarm) return;
  if (possible(alarm, action)) openDialog(name, alarm.id);
  else notice(say(may("act") ? "act.not_now" : "act.may_not"));
}

export function showMap() {
  if (!onDesk()) go("");
  mapShown.value = mapShown.value === "yes" ? "no" : "yes";
}

export function openSelected() {
  const row = rows.value[selectedRow.value];
  if (!row) return;
  if (row.group) toggle(row.key);
  else {
    detailOpen.value = true;
    queueMicrotask(() => document.getElementById("detail")?.focus());
  }
}

function back() {
  if (!onDesk()) go("");
  else detailOpen.value = false;
  document.getElementById("list")?.focus();
}

/** Key to {run, repeats, list, help}: `list` ones only where the list is shown, `help` ones stand in the help. */
export const KEYS = {
  j: { run: () => move(1), repeats: true, list: true, help: "help.next", with: "k" },
  k: { run: () => move(-1), repeats: true, list: true },
  ArrowDown: { run: () => move(1), repeats: true, list: true },
  ArrowUp: { run: () => move(-1), repeats: true, list: true },
  PageDown: { run: () => move(PAGE), repeats: true, list: true },
  PageUp: { run: () => move(-PAGE), repeats: true, list: true },
  Home: { run: () => move(-rows.value.length), list: true },
  End: { run: () => move(rows.value.length), list: true },
  n: { run: moveToUnacknowledged, list: true, help: "help.first" },
  Enter: { run: openSelected, list: true, help: "help.enter" },
  a: { run: () => actOnSelected("acknowledge"), list: true, help: "act.acknowledge", right: "act" },
  s: { run: () => ask("shelve", "shelve"), list: true, help: "act.shelve", right: "act" },
  u: { run: () => act(selectedId.value, "unshelve"), list: true, help: "act.unshelve", right: "act" },
  d: { run: () => ask("dispose", "dispose"), list: true, help: "act.dispose", right: "act" },
  t: { run: () => ask("say", "say"), list: true, help: "act.say", right: "act" },
  v: { run: () => selected.value && go("vehicle", selected.value.vehicle), list: true, help: "help.vehicle" },
  m: { run: showMap, help: "frame.map" },
  x: { run: silence, help: "help.silence" },
  "/": { run: () => document.getElementById("search")?.focus(), help: "help.search" },
  Escape: { run: back, help: "help.escape" },
  "?": { run: () => openDialog("help"), help: "help.help" },
};

const WRITING = "input, textarea, select, [contenteditable]";
const PRESSED = "button, a, summary, [role=tab]";

export function listenToKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!key || dialog.value || !may("see")) return;
    if (event.target.closest?.(WRITING)) return;
    if (event.key === "Enter" && event.target.closest?.(PRESSED)) return;
    if (event.target.closest?.(".maplibregl-canvas") && event.key.startsWith("Arrow")) return;
    if ((key.list && !onDesk()) || (event.repeat && !key.repeats)) return;
    event.preventDefault();
    key.run();
  });
}

export const keycap = (key) => html`<kbd>${key === "Escape" ? "Esc" : key}</kbd>`;
