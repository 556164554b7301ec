// The keyboard: one table, by where its keys work. Keys do nothing while somebody writes, and nothing by being held down but moving.
import { act, actOnSelected, possible, why } from "./actions.js";
import { html } from "./html.js";
import { go, onDesk } from "./route.js";
import { may } from "./session.js";
import { mapShown } from "./settings.js";
import { silence } from "./sound.js";
import { selected, selectedId, tab } from "./state/alarms.js";
import { detailOpen, dialog, openDialog } from "./state/dialog.js";
import { notice } from "./state/notices.js";
import { move, moveToUnacknowledged, rows, selectedRow, toggle } from "./state/rows.js";

const PAGE = 10;

function ask(action) {
  const alarm = selected.value;
  if (!alarm) return;
  if (possible(alarm, action)) openDialog(action, alarm.id);
  else notice(why(action));
}

/** On the desk the map comes and goes; from elsewhere one comes to it. */
export function showMap() {
  if (onDesk()) mapShown.value = mapShown.value === "yes" ? "no" : "yes";
  else {
    mapShown.value = "yes";
    go("");
  }
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

const inService = () => (possible(selected.value, "restore") ? act(selectedId.value, "restore") : ask("remove"));
const toList = () => document.getElementById("list")?.focus();

function back() {
  detailOpen.value = false;
  toList();
}

function leave() {
  go("");
  requestAnimationFrame(toList);
}

/** Go to the first thing that can be pressed in the next row of a list, or in the one before. */
function step(by) {
  const all = [...document.querySelectorAll(".sheet [data-row]")];
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.querySelector("a, button")?.focus();
}

const visit = (view) => () => go(view);

/** Where to key to {run, repeats, help, with, right}: those with `help` stand in the help, together with the keys `with`. */
export const KEYS = {
  desk: {
    j: { run: () => move(1), repeats: true, help: "help.next", with: "k" },
    k: { run: () => move(-1), repeats: true },
    ArrowDown: { run: () => move(1), repeats: true },
    ArrowUp: { run: () => move(-1), repeats: true },
    PageDown: { run: () => move(PAGE), repeats: true },
    PageUp: { run: () => move(-PAGE), repeats: true },
    Home: { run: () => move(-rows.value.length) },
    End: { run: () => move(rows.value.length) },
    n: { run: moveToUnacknowledged, help: "help.first" },
    Enter: { run: openSelected, help: "help.enter" },
    1: { run: () => { tab.value = "todo"; }, help: "help.tabs", with: "23" },
    2: { run: () => { tab.value = "shelved"; } },
    3: { run: () => { tab.value = "held"; } },
    a: { run: () => actOnSelected("acknowledge"), help: "act.acknowledge", right: "act" },
    s: { run: () => ask("shelve"), help: "act.shelve", right: "act" },
    u: { run: () => actOnSelected("unshelve"), help: "act.unshelve", right: "act" },
    d: { run: () => ask("dispose"), help: "act.dispose", right: "act" },
    t: { run: () => ask("say"), help: "act.say", right: "act" },
    o: { run: inService, help: "help.service", right: "administer" },
    v: { run: () => selected.value && go("vehicle", selected.value.vehicle), help: "help.vehicle" },
    Escape: { run: back, help: "help.close" },
  },
  sheet: {
    j: { run: () => step(1), repeats: true, help: "help.next_row", with: "k" },
    k: { run: () => step(-1), repeats: true },
    f: { run: () => document.querySelector(".sheet [type=search]")?.focus(), help: "help.filter" },
    Escape: { run: leave, help: "help.escape" },
  },
  all: {
    p: { run: visit("segments"), help: "help.segments" },
    e: { run: visit("edit"), help: "edit.title", right: "edit" },
    l: { run: visit("journal"), help: "help.journal" },
    r: { run: visit("report"), help: "help.report" },
    c: { run: visit("accounts"), help: "help.accounts", right: "administer" },
    m: { run: showMap, help: "help.map" },
    x: { run: silence, help: "help.silence" },
    "/": { run: () => document.getElementById("search")?.focus(), help: "help.search" },
    "?": { run: () => openDialog("help"), help: "help.help" },
  },
};

const WRITING = "input, textarea, select, [contenteditable]";
const PRESSED = "button, a, summary, [role=tab]";

export function listenToKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const key = KEYS[onDesk() ? "desk" : "sheet"][name] ?? KEYS.all[name];
    if (!key || dialog.value || !may("see") || document.querySelector(":popover-open")) return;
    if (key.right === "administer" && !may(key.right)) return; // who only looks is told so, of what others do all day
    if (event.target.closest?.(WRITING)) return;
    if (event.key === "Enter" && event.target.closest?.(PRESSED)) return;
    if (event.target.closest?.(".maplibregl-canvas") && event.key.startsWith("Arrow")) return;
    if (event.repeat && !key.repeats) return;
    event.preventDefault();
    key.run();
  });
}

const CAPS = { Escape: "Esc", Delete: "Del", Backspace: "⌫" };
export const keycap = (key) => html`<kbd>${CAPS[key] ?? key}</kbd>`;
