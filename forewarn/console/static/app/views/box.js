// What every dialog is: the browser's own dialog element, with a heading and its buttons.
import { useEffect, useRef } from "preact/hooks";
import { underway } from "../actions.js";
import { html } from "../html.js";
import { closeDialog } from "../state/dialog.js";
import { title } from "../tables.js";
import { say } from "../words.js";

/** `about`: the alarm that it is about; `save`: what its main button says, without one it can only be closed; `others`: further ones; `busy`: wait. */
export function Box({ heading, about, note, children, onSubmit, save, busy, others }) {
  const box = useRef(null);
  useEffect(() => {
    const { current } = box;
    current.showModal();
    return () => current.close();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    onSubmit?.(new FormData(event.currentTarget));
  };
  return html`<dialog ref=${box} aria-labelledby="dialog-title" onCancel=${(event) => { event.preventDefault(); closeDialog(); }}>
    <form onSubmit=${submit}>
      <h2 id="dialog-title">${heading}</h2>
      ${about && html`<p class="about">${title(about.kind)} · ${about.vehicle}</p>`}
      ${note && html`<p class="about">${note}</p>`}
      ${children}
      <p class="ends">
        <button type="button" onClick=${closeDialog}>${say(save ? "act.cancel" : "frame.close")}</button>
        ${others}
        ${save && html`<button class="main" disabled=${busy || (about && underway.value.has(about.id))}>${save}</button>`}
      </p>
    </form>
  </dialog>`;
}
