// The segments of a version, with a search; arrows go from one to the next.
import { useSignal } from "@preact/signals";
import { rows } from "../../edit/draft.js";
import { pick } from "../../edit/picking.js";
import { isDirty, work } from "../../edit/work.js";
import { html } from "../../html.js";
import { say } from "../../words.js";
import { kindName } from "../facts.js";
import { Icon } from "../icons.js";

const MOST = 300;

export const WhatPill = ({ what }) => html`<span class=${`pill ${what}`}>${say(`edit.what_${what}`)}</span>`;

function matching(text) {
  const wanted = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ id, name, kind }) => {
    const words = `${name} ${kindName(kind)} ${kind} ${id}`.toLowerCase();
    return wanted.every((word) => words.includes(word));
  };
  return wanted.length ? rows.value.filter(fits) : rows.value;
}

function Row({ row: { id, name, kind, limit_kmh: limit, what } }) {
  const isChosen = work.value?.id === id;
  return html`<li><button data-segment=${id} aria-current=${isChosen} onClick=${() => pick(id, { fly: true })}>
    <span class="row-name">${name}</span><span class="row-marks">${isChosen && isDirty.value && html`<span class="pill unsaved">${say("edit.unsaved")}</span>`}
      ${what && html`<${WhatPill} what=${what} />`}</span>
    <small>${kindName(kind)}${limit ? ` · ${limit} km/h` : ""}</small></button></li>`;
}

function onKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const all = [...event.currentTarget.querySelectorAll("input, [data-segment]")];
  all[all.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
}

export function SegmentList() {
  const text = useSignal("");
  const found = matching(text.value);
  const shown = found.slice(0, MOST);
  return html`<div class="segment-list" onKeyDown=${onKey}>
    <div class="edit-search"><${Icon} name="search" /><input id="edit-search" type="search" autocomplete="off" spellcheck=${false}
      aria-label=${say("edit.search")} placeholder=${say("edit.search")} value=${text.value} onInput=${(event) => { text.value = event.currentTarget.value; }} /></div>
    <p class="quiet count" role="status">${!found.length ? say("edit.none") : shown.length < found.length
      ? say("edit.found_of", { k: shown.length, n: found.length }) : say("edit.found", { n: found.length })}</p>
    <ul>${shown.map((row) => html`<${Row} key=${row.id} row=${row} />`)}</ul></div>`;
}
