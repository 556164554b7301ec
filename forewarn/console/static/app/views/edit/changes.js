// What a draft changes, place by place: what was, what is, and the way back.
import { changes, draft, features, featuresBefore, isEditable } from "../../edit/draft.js";
import { FIELDS } from "../../edit/fields.js";
import { pick } from "../../edit/picking.js";
import { isBusy, restore } from "../../edit/sending.js";
import { html } from "../../html.js";
import { say } from "../../words.js";
import { kindName } from "../facts.js";
import { WhatPill } from "./segment_list.js";

/** What the server notes by itself where another key is changed. */
const DERIVED = new Set(["limit_source", "source", "next", "osm_ways"]);

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const fieldName = (key) => (key in FIELDS ? say(`edit.field_${key}`) : key);
const told = (name, what) => `${name}: ${what}`;

function shown(key, value) {
  if (value === null || value === undefined) return "–";
  if (key === "kind") return kindName(value);
  if (typeof value === "boolean") return say(value ? "edit.yes" : "edit.no");
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function geometryText(before, after) {
  const [a, b] = [before?.geometry.coordinates, after?.geometry.coordinates];
  return Array.isArray(a?.[0]) && same([...a].reverse(), b) ? say("edit.turned") : say("edit.redrawn");
}

/** What of a change is told, a line for each key. */
function lines({ id, what, keys }) {
  if (what !== "changed") return [];
  const [before, after] = [featuresBefore.value.get(id), features.value.get(id)];
  const line = (key) => ({ geometry: () => told(say("edit.field_geometry"), geometryText(before, after)), approaches: () => told(say("edit.field_approaches"), say("edit.redrawn")) }[key]
    ?? (() => told(fieldName(key), `${shown(key, before?.properties[key])} → ${shown(key, after?.properties[key])}`)))();
  return keys.filter((key) => !DERIVED.has(key)).map(line);
}

function Change({ change }) {
  const { id, name, kind, what } = change;
  return html`<li class="change" data-change=${id}>
    <button class="plain change-name" onClick=${() => pick(id, { fly: true })}><b>${name ?? id}</b><${WhatPill} what=${what} /></button>
    <small>${kindName(kind)}</small>
    ${lines(change).map((line) => html`<p key=${line}>${line}</p>`)}
    ${isEditable.value && html`<button class="plain back" disabled=${isBusy.value} onClick=${() => restore(id, name ?? id)}>${say(what === "added" ? "edit.undo_added" : "edit.undo_change")}</button>`}
  </li>`;
}

export function tally(list) {
  const count = (wanted) => list.filter(({ what }) => what === wanted).length;
  return ["added", "changed", "retired"].filter(count).map((what) => say(`edit.n_${what}`, { n: count(what) })).join(" · ");
}

export function Changes() {
  const all = draft.value.changes;
  if (changes.value.size === 0) return html`<p class="quiet pad">${say("edit.no_changes")}</p>`;
  return html`<div class="change-list"><p class="quiet count">${tally(all)}</p><ul>${all.map((change) => html`<${Change} key=${change.id} change=${change} />`)}</ul></div>`;
}
