// One segment: what it is, who passed, and whether drivers slowed down.
import { html } from "../html.js";
import { part } from "../api.js";
import { aimed } from "../edit/tools.js";
import { may } from "../session.js";
import { segmentsRevision } from "../state/segments.js";
import { tables } from "../tables.js";
import { say, told as ofReason } from "../words.js";
import { Slowing } from "./charts.js";
import { kindName } from "./facts.js";
import { Sheet, useFetched } from "./fetched.js";
import { OneMap } from "./one_map.js";

function Figures({ told }) {
  const all = [["passages", told.passages], ["warned", told.warned], ["prompts", told.prompts], ["false", told.false_alarms]];
  return html`<section class="block figures">${all.map(([name, value]) => html`<div key=${name} class="figure"><span class="label">${say(`segment.${name}`)}</span><b>${value}</b></div>`)}</section>`;
}

function False({ because }) {
  const all = Object.entries(because ?? {});
  if (!all.length) return null;
  return html`<section class="block"><h2>${say("segment.false_because")}</h2><dl class="facts">${all.map(([why, count]) => html`<div key=${why}>
    <dt>${ofReason(tables.value.false_because[why]) || why}</dt><dd>${count}</dd></div>`)}</dl></section>`;
}

function Facts({ properties }) {
  const all = [
    ["segment.kind", kindName(properties.kind)], ["segment.limit", properties.limit_kmh && `${properties.limit_kmh} km/h`],
    ["segment.hours", properties.hours], ["segment.advice", properties.advice], ["segment.id", properties.id],
  ].filter(([, value]) => value);
  return html`<section class="block"><dl class="facts">${all.map(([name, value]) => html`<div key=${name}><dt>${say(name)}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function Lines({ lines }) {
  const count = (role) => lines.filter(({ properties }) => properties.role === role).length;
  return html`<section class="block"><h2>${say("segment.lines")}</h2><ul class="line-legend">
    <li><i class="this"></i>${say("segment.line_segment")}</li>
    <li><i class="approach"></i>${say("segment.line_approach")} <small>${count("approach")}</small></li>
    <li><i class="decoy"></i>${say("segment.line_decoy")} <small>${count("decoy")}</small></li></ul></section>`;
}

function Found({ told }) {
  const { properties } = told.feature;
  return html`<div class="sheet-body">
    <div class="sheet-map"><${OneMap} label=${say("map.title")} note=${properties.name} drawing="drawSegment" data=${told} features=${[told.feature, ...told.lines]} /></div>
    <div class="sheet-side" tabindex="0" role="region" aria-label=${say("frame.segment")}>
      <${Figures} told=${told} />
      <section class="block"><h2>${say("segment.slowed")}</h2><${Slowing} speeds=${told.speeds} told=${told.slowing} limit=${properties.limit_kmh ?? null} /></section>
      <${False} because=${told.false_because} />
      <${Facts} properties=${properties} />
      <${Lines} lines=${told.lines} />
    </div>
  </div>`;
}

export function SegmentPage({ id }) {
  const fetched = useFetched(`segments/${part(id)}`, segmentsRevision.value);
  const name = fetched.answer?.feature.properties.name || id;
  const edit = may("edit") && html`<a class="button" href="#/edit" onClick=${() => { aimed.value = { id, name }; }}>${say("edit.open")}</a>`;
  return html`<${Sheet} name=${say("frame.segment")} heading=${name} fetched=${fetched} tools=${edit}><${Found} told=${fetched.answer} /><//>`;
}
