// The list of alarms. Only the rows in sight are in the document, however many there are.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { held, loaded, needsSomeone, shelved, tab, todo, unacknowledged } from "../state/alarms.js";
import { rows, selectedRow } from "../state/rows.js";
import { say } from "../words.js";
import { AlarmRow, GroupRow } from "./alarm_row.js";
import { Icon } from "./icons.js";

const BEYOND = 4; // rows drawn above and below what is seen, so that scrolling shows no gaps
const COLUMNS = ["priority", "what", "vehicle", "place", "since", "count", "state"];

function Tabs() {
  const all = [["todo", todo], ["shelved", shelved], ["held", held]];
  function onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = all.findIndex(([name]) => name === tab.value);
    tab.value = all[(at + step + all.length) % all.length][0];
    event.currentTarget.querySelector(`[data-tab=${tab.value}]`).focus();
  }
  return html`<div class="tabs" role="tablist" aria-label=${say("list.title")} onKeyDown=${onKey}>
    ${all.map(([name, list]) => html`<button key=${name} role="tab" data-tab=${name} aria-selected=${tab.value === name}
      tabindex=${tab.value === name ? 0 : -1} aria-controls="list" onClick=${() => { tab.value = name; }}>
      ${say(`list.${name}`)} <b>${list.value.length}</b></button>`)}
    <span class="unacked">${unacknowledged.value > 0 && html`<i></i>${say("list.group", { n: todo.value.length, u: unacknowledged.value })}`}</span>
  </div>`;
}

function Empty() {
  if (!loaded.value) return html`<p class="empty quiet">${say("frame.loading")}</p>`;
  if (tab.value !== "todo") return html`<p class="empty quiet">${say("list.empty_other")}</p>`;
  return html`<div class="empty"><${Icon} name="acknowledged" /><p>${say("list.empty")}</p><p class="quiet">${say("list.empty_note")}</p></div>`;
}

export function AlarmList() {
  const box = useRef(null);
  const first = useRef(null);
  const view = useSignal({ top: 0, height: 800, row: 52, head: 32 });
  const all = rows.value;
  const { top, height, row, head } = view.value;
  const from = Math.max(0, Math.floor(top / row) - BEYOND);
  const until = Math.min(all.length, Math.ceil((top + height) / row) + BEYOND);

  function measure() {
    if (!box.current) return; // an observer may tell once more of what has left the page
    const style = getComputedStyle(box.current);
    view.value = {
      top: box.current.scrollTop, height: box.current.clientHeight,
      row: parseFloat(style.getPropertyValue("--row")), head: parseFloat(style.getPropertyValue("--list-head")),
    };
  }
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  // whoever has scrolled down keeps the same rows before the eyes when others come above them; nothing is asked of the
  // layout here, which would have to be made at once for every alarm: scrolling and resizing tell of themselves
  useLayoutEffect(() => {
    const key = first.current;
    if (key === null || top === 0) return;
    const now = all.findIndex((one) => one.key === key.key);
    if (now >= 0 && now !== key.at) box.current.scrollTop += (now - key.at) * row;
  }, [all]);
  useLayoutEffect(() => {
    const at = Math.floor(top / row);
    first.current = all[at] ? { key: all[at].key, at } : null;
  });

  const chosen = selectedRow.value;
  useLayoutEffect(() => {
    if (chosen < 0) return;
    const { scrollTop, clientHeight } = box.current;
    if (chosen * row < scrollTop) box.current.scrollTop = chosen * row;
    else if ((chosen + 1) * row + head > scrollTop + clientHeight) box.current.scrollTop = (chosen + 1) * row + head - clientHeight;
  }, [chosen >= 0 ? all[chosen].key : null]);

  const above = all.slice(0, Math.floor(top / row)).filter((one) => one.alarm && needsSomeone(one.alarm)).length;

  return html`<section class="list" aria-label=${say("list.title")}>
    <${Tabs} />
    <div class="frame">
    <div id="list" class="grid" role="grid" tabindex="0" ref=${box} onScroll=${measure} aria-label=${say("list.title")}
      aria-rowcount=${all.length + 1} aria-activedescendant=${chosen >= from && chosen < until ? `row-${chosen}` : undefined}>
      <div class="row titles" role="row" aria-rowindex="1">
        ${COLUMNS.map((name) => html`<span key=${name} role="columnheader" class=${name}>${say(`list.${name}`)}</span>`)}
      </div>
      <div class="rows" role="rowgroup" style=${{ height: `${all.length * row}px` }}>
        ${all.slice(from, until).map((one, k) => (one.group
          ? html`<${GroupRow} key=${one.key} group=${one.group} open=${one.open} id=${one.key} at=${from + k} top=${(from + k) * row} />`
          : html`<${AlarmRow} key=${one.key} alarm=${one.alarm} inside=${one.inside} at=${from + k} top=${(from + k) * row} />`))}
      </div>
    </div>
    ${!all.length && html`<${Empty} />`}
    ${above > 0 && html`<button class="above" onClick=${() => { box.current.scrollTop = 0; }}>↑ ${say("list.above", { n: above })}</button>`}
    </div>
  </section>`;
}
