// What an entry of the journal tells, in words. What the tables of words do not know is shown as it stands.
import { html } from "../html.js";
import { dispositionName, tables } from "../tables.js";
import { say, told } from "../words.js";
import { factName, factText } from "./facts.js";

/** Facts that the entry's own words tell, or that are for machines. */
const SILENT = new Set(["state", "count", "new", "occasion", "alert", "account", "address", "language", "hash", "before", "after", "before_all", "after_all", "fixes", "parent", "was"]);
const REASONS = { "the stream is silent": "why.stream_silent" };

/** The word of a name, which stands for itself where there is none. */
function worded(name, fallback) {
  const word = say(name);
  return word === name ? fallback : word;
}

/** What happened: the name of an entry in words. */
export const whatText = (what) => worded(`what.${what}`, what);

export const dispositionText = ({ what, reason, note }) => [
  dispositionName(what), reason && (told(tables.value.false_because[reason]) || reason), note,
].filter(Boolean).join(" · ");

const TOLD = {
  what: (_, facts) => dispositionText(facts),
  reason: (value, facts) => (facts.what ? null : value),
  note: (value, facts) => (facts.what ? null : value),
  minutes: (value) => say("time.min", { m: value }),
  text: (value) => `“${value}”`,
  why: (value) => (REASONS[value] ? say(REASONS[value]) : value),
  role: (value) => worded(`role.${value}`, value),
  carrier: (value) => value ?? say("report.everybody"),
  number: (value) => say("version.name", { n: value }),
  disabled: (value) => say(value ? "account.disabled" : "account.enabled"),
};

/** What is told of it beside that: who, why, for how long. */
export function saidText({ what, facts }) {
  const all = facts ?? {};
  const found = [all.account, all.address && say("entry.from", { address: all.address }), what === "begin" && all.count > 1 && say("entry.times", { n: all.count }),
    what === "segments_tried" && all.before !== undefined && say("entry.tried", all)];
  for (const [name, value] of Object.entries(all)) {
    if (SILENT.has(name)) continue;
    if (TOLD[name]) found.push(TOLD[name](value, all));
    else if (value !== null) found.push(`${factName(name)}: ${factText(name, value)}`);
  }
  return found.filter(Boolean).join(" · ");
}

export function entryText(entry) {
  const said = saidText(entry);
  return html`<b>${whatText(entry.what)}</b>${said && html`<span>${said}</span>`}`;
}
