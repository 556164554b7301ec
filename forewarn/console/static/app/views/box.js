// A dialog with a form in it, by the browser's own dialog element.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { closeDialog } from "../state/dialog.js";
import { say } from "../words.js";

/** `save` is the word on the button that submits; without it the dialog can only be closed. */
export function Box({ heading, about, children, onSubmit, save, busy, others }) {
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
      ${about && html`<p class="about">${about}</p>`}
      ${children}
      <p class="ends">
        <button type="button" onClick=${closeDialog}>${say(save ? "act.cancel" : "frame.close")}</button>
        ${others}
        ${save && html`<button class="main" disabled=${busy}>${save}</button>`}
      </p>
    </form>
  </dialog>`;
}
