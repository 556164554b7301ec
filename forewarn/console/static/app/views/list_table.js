// The table of a page that is one list: its titles stay in sight, and j / k go from row to row.
import { html } from "../html.js";

/** `columns`: {name, title}; `rows`: {key, cells by name, mark}; `empty`: what is said without any; `children`: under them. */
export function ListTable({ label, columns, rows, empty, children }) {
  return html`<section class="block list-block"><div class="list-scroll" tabindex="0" role="region" aria-label=${label}>
    <table class="list-table"><thead><tr>${columns.map(({ name, title }) => html`<th key=${name} scope="col" class=${`col-${name}`}>${title}</th>`)}</tr></thead>
    <tbody>${rows.map(({ key, cells, mark }) => html`<tr key=${key} data-row=${key} class=${mark ?? ""}>
      ${columns.map(({ name }) => html`<td key=${name} class=${`col-${name}`}>${cells[name]}</td>`)}</tr>`)}</tbody></table>
    ${!rows.length && html`<p class="quiet list-empty">${empty}</p>`}${children}</div></section>`;
}

/** A field by which a list is filtered; `f` goes to it. */
export function Filter({ text, label, onText }) {
  const onKey = (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    if (event.currentTarget.value) onText("");
    else event.currentTarget.blur();
  };
  return html`<label class="filter">${label}<input type="search" autocomplete="off" spellcheck=${false} maxlength="100" value=${text}
    onInput=${(event) => onText(event.currentTarget.value)} onKeyDown=${onKey} /></label>`;
}
