// What a page asked of the server: its answer, or why there is none.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { ApiError, get } from "../api.js";
import { html } from "../html.js";
import { say } from "../words.js";
import { Icon } from "./icons.js";

/**
 * {answer, fault, again}: `answer` is null until it has come; asked anew where `revision` is another one. Until the same
 * is answered again, its old answer stands; that of another `path` does not.
 */
export function useFetched(path, revision = 0) {
  const came = useSignal(null);
  const fault = useSignal("");
  const tries = useSignal(0);
  useEffect(() => {
    let left = false;
    fault.value = "";
    get(path).then((body) => { if (!left) came.value = { path, body }; }, (error) => {
      if (!(error instanceof ApiError)) throw error;
      if (!left) fault.value = error.message;
    });
    return () => { left = true; };
  }, [path, revision, tries.value]);
  const answer = came.value?.path === path ? came.value.body : null;
  return { answer, fault: fault.value, again: () => { tries.value += 1; } };
}

/**
 * The page's head with its `tools`, what is asked by (`choice`) and, until its answer is there, what stands in its stead;
 * `list`: it is one list.
 */
export function Sheet({ name, heading, fetched, tools, choice, list, children }) {
  return html`<main class=${list ? "sheet sheet-list" : "sheet"}>
    <header class="sheet-head"><a class="tool" href="#/" aria-label=${say("frame.back")} title=${say("frame.back")}><${Icon} name="back" /></a>
      ${name && html`<span class="quiet">${name}</span>`}<h1>${heading}</h1>
      ${tools && html`<span class="sheet-tools">${tools}</span>`}</header>
    ${choice}
    ${fetched.answer ? children : fetched.fault
      ? html`<p class="fault">${say("act.failed", { why: fetched.fault })} <button onClick=${fetched.again}>${say("frame.retry")}</button></p>`
      : html`<p class="quiet">${say("frame.loading")}</p>`}
  </main>`;
}

/** A table with a caption; says so where it has no rows. Rows are {key, cells, mark}. */
export function Table({ caption, titles, rows }) {
  if (!rows.length) return html`<section class="block"><h2>${caption}</h2><p class="quiet">${say("vehicle.nothing")}</p></section>`;
  return html`<section class="block"><h2>${caption} <small>${rows.length}</small></h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><thead><tr>${titles.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
    <tbody>${rows.map(({ key, cells }) => html`<tr key=${key}>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div></section>`;
}
