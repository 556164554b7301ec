// Every word of the page, in every language: one table a view, in `words/`. `say` looks one up.
import { effect } from "@preact/signals";
import { language } from "./settings.js";
import { me } from "./session.js";
import { WORDS as ACCOUNTS } from "./words/accounts.js";
import { WORDS as ACTIONS } from "./words/actions.js";
import { WORDS as ALARMS } from "./words/alarms.js";
import { WORDS as EDITOR } from "./words/editor.js";
import { WORDS as FRAME } from "./words/frame.js";
import { WORDS as HELP } from "./words/help.js";
import { WORDS as JOURNAL } from "./words/journal.js";
import { WORDS as MAP } from "./words/map.js";
import { WORDS as REPORT } from "./words/report.js";
import { WORDS as SEGMENTS } from "./words/segments.js";
import { WORDS as UNITS } from "./words/units.js";
import { WORDS as VEHICLE } from "./words/vehicle.js";

const LANGUAGES = ["zh", "en"];
/** Name to word by language. Tests hold that every name has every language, and stands in one table. */
const WORDS = { ...ACCOUNTS, ...ACTIONS, ...ALARMS, ...EDITOR, ...FRAME, ...HELP, ...JOURNAL, ...MAP, ...REPORT, ...SEGMENTS, ...UNITS, ...VEHICLE };

/** The language in force: switched here, else the account's, else the browser's. */
export function tongue() {
  const wanted = language.value || me.value?.language || navigator.language;
  return LANGUAGES.find((one) => wanted.startsWith(one)) ?? "en";
}

/** The word of a name, `{x}` filled from `values`. A name that is missing shows itself. */
export function say(name, values) {
  const text = WORDS[name]?.[tongue()] ?? name;
  return values ? text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "") : text;
}

/** The names of one family (`what.`) whose word in the language in force has a text in it, without the family. */
export function namesSaying(family, text) {
  const wanted = text.toLowerCase();
  return Object.keys(WORDS).filter((name) => name.startsWith(family) && say(name).toLowerCase().includes(wanted))
    .map((name) => name.slice(family.length));
}

/** One of the server's words by language, such as a kind's title. */
export const told = (words) => words?.[tongue()] ?? words?.en ?? "";

/** Why what was asked of the server was not done, of its ApiError. */
export const whyNot = (error) => (error.status === 0 ? say("act.offline") : say("act.failed", { why: error.message }));

export function switchLanguage() {
  language.value = tongue() === "zh" ? "en" : "zh";
}

effect(() => { document.documentElement.lang = tongue() === "zh" ? "zh-CN" : "en"; });
