// All segments: what each is, how often it was passed and said of late, and above all where alarms were false.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { to } from "../route.js";
import { loadSegments, segmentList } from "../state/segments.js";
import { tables } from "../tables.js";
import { say, told } from "../words.js";
import { kindName } from "./facts.js";
import { Sheet, useFetched } from "./fetched.js";
import { Filter, ListTable } from "./list_table.js";

const MOST = 200; // rows that are drawn at first

const because = (reasons) => Object.entries(reasons).sort(([, a], [, b]) => b - a)
  .map(([why, count]) => `${told(tables.value.false_because[why]) || why} ${count}`).join(" · ");

function row({ id, name, properties, passages, prompts, false_alarms, false_because }) {
  return {
    key: id,
    mark: false_alarms ? "marked" : "",
    cells: {
      name: html`<a href=${to("segment", id)}>${properties?.name || name || id}</a>`,
      kind: properties ? kindName(properties.kind) : html`<span class="quiet">${say("segments.gone")}</span>`,
      limit: properties?.limit_kmh ? html`${Math.round(properties.limit_kmh)} <small>km/h</small>` : "–",
      hours: properties?.hours ?? html`<span class="quiet">${say("segments.always")}</span>`,
      passages: String(passages),
      prompts: String(prompts),
      false: html`<b class=${false_alarms ? "" : "nothing"}>${false_alarms}</b><span class="said">${because(false_because)}</span>`,
    },
  };
}

const COLUMNS = ["name", "kind", "limit", "hours", "passages", "prompts", "false"];
const order = (a, b) => b.false_alarms - a.false_alarms || b.prompts - a.prompts || b.passages - a.passages || (a.id < b.id ? -1 : 1);

function Found({ figures }) {
  const text = useSignal("");
  const kind = useSignal("");
  const whole = useSignal(false);
  const known = new Map(segmentList.value.map((one) => [one.id, one]));
  const all = figures.map((one) => ({ ...one, properties: known.get(one.id) })).sort(order);
  const kinds = [...new Set(segmentList.value.map((one) => one.kind))].sort();
  const wanted = text.value.trim().toLowerCase();
  const fits = ({ id, name, properties }) => (!kind.value || properties?.kind === kind.value)
    && (!wanted || [id, name, properties?.name].some((one) => one?.toLowerCase().includes(wanted)));
  const found = all.filter(fits);
  const drawn = whole.value ? found : found.slice(0, MOST);
  const sum = (name) => found.reduce((total, one) => total + one[name], 0);
  return html`
    <form class="block list-choice" onSubmit=${(event) => event.preventDefault()}>
      <${Filter} label=${say("segments.filter")} text=${text.value} onText=${(value) => { text.value = value; }} />
      <label>${say("segment.kind")}<select value=${kind.value} onChange=${(event) => { kind.value = event.currentTarget.value; }}>
        <option value="">${say("segments.all_kinds")}</option>${kinds.map((one) => html`<option key=${one} value=${one}>${kindName(one)}</option>`)}</select></label>
      <p class="sums">${[["segments.count", found.length], ["segment.prompts", sum("prompts")], ["segment.false", sum("false_alarms")]]
    .map(([name, value]) => html`<span key=${name} class="figure"><span class="label">${say(name)}</span><b>${value}</b></span>`)}</p></form>
    <p class="quiet list-note">${say("segments.note")}</p>
    <${ListTable} label=${say("segments.title")} columns=${COLUMNS.map((name) => ({ name, title: say(`segments.${name}`) }))}
      rows=${drawn.map(row)} empty=${say("frame.none_found")}>
      ${drawn.length < found.length && html`<p class="list-foot quiet">${say("segments.shown", { n: drawn.length, all: found.length })}
        <button onClick=${() => { whole.value = true; }}>${say("segments.show_all")}</button></p>`}<//>`;
}

export function SegmentsPage() {
  const fetched = useFetched("segment-figures");
  useEffect(() => { loadSegments(); }, []);
  return html`<${Sheet} name=${say("segments.about")} heading=${say("segments.title")} fetched=${fetched} list=${true}>
    <${Found} figures=${fetched.answer?.segments} /><//>`;
}
