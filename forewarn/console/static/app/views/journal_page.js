// The journal: what happened and who did it, of some days, the newest first, a page at a time.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { ApiError, get, part } from "../api.js";
import { bounds, dayOf } from "../days.js";
import { html } from "../html.js";
import { to } from "../route.js";
import { loadSegments, segmentList } from "../state/segments.js";
import { tables, title } from "../tables.js";
import { at, clock } from "../time.js";
import { namesSaying, say, told } from "../words.js";
import { saidText, whatText } from "./entry_words.js";
import { Sheet } from "./fetched.js";
import { Icon } from "./icons.js";
import { Filter, ListTable } from "./list_table.js";

const PAGE = 200;
const SETTLE_MS = 300; // whoever types asks once
const DAY_MS = 86_400_000;
const MOST_DAYS = 91; // one less than the interface takes: a day may have 25 hours

/** The names, of the server's own, whose words have a text. */
function namesOf(text) {
  const { kinds, dispositions } = tables.value;
  const has = (words) => told(words).toLowerCase().includes(text.toLowerCase());
  return [...namesSaying("what.", text), ...Object.keys(kinds).filter((kind) => has(kinds[kind].title)),
    ...Object.keys(dispositions).filter((what) => has(dispositions[what]))];
}

const asking = (text) => (text ? `&text=${part(text)}&names=${part(namesOf(text).join(","))}` : "");

/** {entries, more, fault, older, again}: the newest entries of a query, and more of them each time `older` is called. */
function useEntries(query) {
  const found = useSignal({ query: null, entries: null, more: false });
  const fault = useSignal("");
  const tries = useSignal(0);
  const { entries, more } = found.value;
  async function load(before, isLeft) {
    fault.value = "";
    try {
      const answer = await get(`journal?${query}&limit=${PAGE}${before ? `&before=${before}` : ""}`);
      if (isLeft() || (before && found.value.query !== query)) return;
      found.value = { query, entries: [...(before ? found.value.entries : []), ...answer.entries], more: answer.more };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!isLeft()) fault.value = error.message;
    }
  }
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => load(null, () => left), entries === null ? 0 : SETTLE_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [query, tries.value]);
  return {
    entries, more, fault: fault.value,
    older: () => load(entries.at(-1).number, () => false),
    again: () => { tries.value += 1; },
  };
}

function row(entry) {
  const { number, what, who, alarm_id, kind, vehicle, segment_id } = entry;
  const segment = segment_id && segmentList.value.find(({ id }) => id === segment_id);
  return {
    key: number,
    cells: {
      at: at(entry.at, { seconds: true }),
      who: who === "system" ? html`<span class="quiet">${say("journal.system")}</span>` : who,
      what: html`<b>${whatText(what)}</b><span class="said">${saidText(entry)}</span>`,
      alarm: alarm_id && html`<a href=${to("alarm", alarm_id)}>${kind ? title(kind) : alarm_id}</a>${segment_id
        && html` <a class="at" href=${to("segment", segment_id)}>${segment?.name || segment_id}</a>`}`,
      vehicle: vehicle && html`<a href=${to("vehicle", vehicle)}>${vehicle}</a>`,
    },
  };
}

const COLUMNS = ["at", "who", "what", "alarm", "vehicle"];

function Choice({ first, last, text, query }) {
  const today = dayOf(new Date(clock()));
  function set(which, day) {
    if (!day) return;
    which.value = day;
    const days = (Date.parse(last.value) - Date.parse(first.value)) / DAY_MS + 1;
    if (days < 1 || days > MOST_DAYS) (which === first ? last : first).value = day;
  }
  const day = (which, label) => html`<label>${say(label)}<input type="date" required max=${today} value=${which.value}
    onChange=${(event) => set(which, event.currentTarget.value)} /></label>`;
  return html`<form class="block list-choice" onSubmit=${(event) => event.preventDefault()}>
    ${day(first, "journal.from")}${day(last, "journal.to")}
    <${Filter} label=${say("journal.filter")} text=${text.value} onText=${(value) => { text.value = value; }} />
    <a class="button" href=${`/api/journal.csv?${query}`} download><${Icon} name="download" />${say("journal.csv")}</a></form>`;
}

export function JournalPage() {
  const today = dayOf(new Date(clock()));
  const [first, last, text] = [useSignal(today), useSignal(today), useSignal("")];
  useEffect(() => { loadSegments(); }, []);
  const query = `${bounds(first.value, last.value)}${asking(text.value.trim())}`;
  const told = useEntries(query);
  const rows = told.entries ?? [];
  return html`<${Sheet} name=${say("journal.about")} heading=${say("journal.title")} list=${true}
    fetched=${{ answer: true }}>
    <${Choice} first=${first} last=${last} text=${text} query=${query} />
    ${told.fault && html`<p class="fault">${say("act.failed", { why: told.fault })} <button onClick=${told.again}>${say("frame.retry")}</button></p>`}
    <${ListTable} label=${say("journal.title")} columns=${COLUMNS.map((name) => ({ name, title: say(`journal.${name}`) }))}
      rows=${rows.map(row)} empty=${say(told.entries ? "journal.none" : "frame.loading")}>
      ${rows.length > 0 && html`<p class="list-foot quiet">${say("journal.shown", { n: rows.length })}
        ${told.more && html`<button onClick=${told.older}>${say("journal.older")}</button>`}</p>`}<//><//>`;
}
