// The trial of a draft: the last day driven again, and what it would have given, in words and by place.
import { useEffect } from "preact/hooks";
import { draft, isEditable, loadDraft } from "../../edit/draft.js";
import { pick } from "../../edit/picking.js";
import { isBusy, tryOut } from "../../edit/sending.js";
import { html } from "../../html.js";
import { at } from "../../time.js";
import { say } from "../../words.js";

const LOOK_EVERY_MS = 1500;
/** Figures by their signs. */
const SIGNS = { lost: "−", gained: "+", changed: "≠" };
const FIGURES = ["before", "after", ...Object.keys(SIGNS)];

/** Whether a trial is of the draft, and of what is in force, as they are now. */
export const isOfNow = ({ trial, version, live }) => trial.hash === version.hash && trial.against === (live?.number ?? null);

/** What the trial says, as a sentence. */
export const sentence = ({ before, after }) => (before === after ? say("trial.same", { n: after }) : say("trial.would", { before, after }));

/** While it runs, look how far it is. */
function useProgress(isRunning) {
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => loadDraft(draft.value.version.number), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
}

function Places({ places }) {
  return html`<h3>${say("trial.places")}</h3>
    <div class="by-place" tabindex="0" role="region" aria-label=${say("trial.places")}><table><thead><tr><th scope="col">${say("trial.place")}</th>
      ${FIGURES.map((name) => html`<th key=${name} scope="col" title=${say(`trial.${name}`)} aria-label=${say(`trial.${name}`)}>${SIGNS[name] ?? say(`trial.${name}`)}</th>`)}</tr></thead>
    <tbody>${places.map((place) => html`<tr key=${place.id ?? place.kind}><td>${place.id === null ? `${say("trial.other_kind")} · ${place.name}`
      : html`<button class="plain" onClick=${() => pick(place.id, { fly: true })}>${place.name}</button>`}</td>
      ${FIGURES.map((name) => html`<td key=${name}>${place[name] || "–"}</td>`)}</tr>`)}</tbody></table></div>
    <p class="quiet signs">${Object.entries(SIGNS).map(([name, sign]) => html`<span key=${name}>${sign} ${say(`trial.${name}`)}</span>`)}</p>`;
}

function Done({ trial }) {
  const count = (number) => number.toLocaleString();
  return html`<p class="sentence">${sentence(trial)}</p>
    <p class="quiet">${say("trial.all", { before: trial.before_all, after: trial.after_all })}</p>
    <p class="quiet">${say("trial.of", { from: at(trial.from_ms), to: at(trial.to_ms), fixes: count(trial.fixes), vehicles: count(trial.vehicles) })}</p>
    ${trial.places.length > 0 && html`<${Places} places=${trial.places} />`}`;
}

export function Trial() {
  const { trial } = draft.value;
  const isRunning = trial?.state === "running";
  useProgress(isRunning);
  const isFresh = trial?.state === "done" && isOfNow(draft.value);
  return html`<div class="trial pad" aria-live="polite">
    <p class="quiet">${say("trial.about")}</p>
    ${isEditable.value && html`<button class=${isFresh ? "" : "main"} disabled=${isBusy.value || isRunning || draft.value.changes.length === 0} onClick=${tryOut}>
      ${say(trial ? "trial.again" : "trial.run")}</button>`}
    ${isRunning && html`<p>${say("trial.running")}</p><progress aria-label=${say("trial.running")} max="1" value=${trial.share ?? undefined}></progress>`}
    ${trial?.state === "failed" && html`<p class="fault">${say("trial.failed", { why: trial.why })}</p>`}
    ${trial?.state === "done" && html`<p class=${`whose ${isFresh ? "" : "stale"}`}>${say(isFresh ? "trial.current" : "trial.stale")}</p>
      <${Done} trial=${trial} />`}
  </div>`;
}
