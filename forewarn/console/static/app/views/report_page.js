// A day's report: of one carrier, or of everybody; made to be printed.
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { part } from "../api.js";
import { bounds, dayOf } from "../days.js";
import { me } from "../session.js";
import { to } from "../route.js";
import { dispositionName, title } from "../tables.js";
import { at, clock, span } from "../time.js";
import { say } from "../words.js";
import { Sheet, Table, useFetched } from "./fetched.js";

function Choice({ day, carrier }) {
  const { answer } = useFetched("carriers");
  const carriers = answer?.carriers ?? [];
  return html`<form class="block report-choice" onSubmit=${(event) => event.preventDefault()}>
    <label>${say("report.day")}<input type="date" required value=${day.value} max=${dayOf(new Date(clock()))}
      onChange=${(event) => { if (event.currentTarget.value) day.value = event.currentTarget.value; }} /></label>
    <label>${say("detail.carrier")}<select value=${carrier.value} disabled=${me.value.carrier !== null}
      onChange=${(event) => { carrier.value = event.currentTarget.value; }}>
      ${me.value.carrier === null && html`<option value="">${say("report.everybody")}</option>`}
      ${carriers.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select></label>
    <button type="button" class="main" onClick=${() => print()}>${say("report.print")}</button></form>`;
}

const figure = (name, value) => html`<div key=${name} class="figure"><span class="label">${say(`report.${name}`)}</span><b>${value}</b></div>`;
const counts = (of, name) => Object.entries(of).map(([key, count]) => ({ key, cells: [name(key), String(count)] }));

function Found({ report }) {
  const waited = report.acknowledged_median_s === null ? "–" : span(report.acknowledged_median_s, say);
  const raised = Object.values(report.alarms).reduce((sum, count) => sum + count, 0);
  return html`<div class="sheet-side report" tabindex="0" role="region" aria-label=${say("report.title")}>
    <section class="block figures">
      ${figure("score", report.score ?? "–")}${figure("vehicles", report.vehicles)}${figure("alarms", raised)}
      ${figure("acknowledged", `${report.acknowledged} / ${raised}`)}${figure("waited", waited)}
      ${figure("undisposed", report.undisposed)}${figure("prompts", report.prompts)}</section>
    <p class="quiet">${say("report.how")}</p>
    <${Table} caption=${say("report.by_kind")} titles=${[say("report.alarm"), say("report.count")]} rows=${counts(report.alarms, title)} />
    <${Table} caption=${say("report.done")} titles=${[say("report.what"), say("report.count")]} rows=${counts(report.dispositions, dispositionName)} />
    <${Table} caption=${say("report.episodes")} titles=${[say("report.what"), say("report.count")]}
      rows=${counts(report.episodes, (kind) => say(`alert.${kind}`))} />
    <${Table} caption=${say("report.repeaters")} titles=${[say("frame.vehicle"), say("report.driver"), say("report.count")]}
      rows=${report.repeaters.map(({ vehicle, driver, count }) => ({
    key: `${vehicle}/${driver}`, cells: [html`<a href=${to("vehicle", vehicle)}>${vehicle}</a>`, driver ?? "–", String(count)],
  }))} /></div>`;
}

export function ReportPage() {
  const day = useSignal(dayOf(new Date(clock())));
  const carrier = useSignal(me.value.carrier ?? "");
  const of = carrier.value ? `&carrier=${part(carrier.value)}` : "";
  const fetched = useFetched(`report?${bounds(day.value)}${of}`);
  const whose = carrier.value || say("report.everybody");
  return html`<${Sheet} name=${say("report.title")} heading=${`${whose} · ${day.value}`} fetched=${fetched}
    choice=${html`<${Choice} day=${day} carrier=${carrier} />`}><${Found} report=${fetched.answer?.report} /><//>
    <p class="printed">Forewarn · ${at(clock())}</p>`;
}
