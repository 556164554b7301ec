// Every word of the page, in every language: one table. `say` looks one up.
import { effect } from "@preact/signals";
import { language } from "./settings.js";
import { me } from "./session.js";
import { WORDS } from "./words_table.js";

const LANGUAGES = ["zh", "en"];

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

/** One of the server's words by language, such as a kind's title. */
export const told = (words) => words?.[tongue()] ?? words?.en ?? "";

export function switchLanguage() {
  language.value = tongue() === "zh" ? "en" : "zh";
}

effect(() => { document.documentElement.lang = tongue() === "zh" ? "zh-CN" : "en"; });
