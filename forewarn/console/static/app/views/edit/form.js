// The form of the segment in hand. It is checked as it is written; what the server refuses stands beside it, and nothing is lost.
import { isEditable, isRetired, linesOf, roleOf } from "../../edit/draft.js";
import { classes, DEFAULTS, kinds } from "../../edit/fields.js";
import { isBusy, restore, retire, save } from "../../edit/sending.js";
import { approaches, faults, geometry, isByHand, isDirty, original, refusal, reset, work, writeField, written } from "../../edit/work.js";
import { html } from "../../html.js";
import { to } from "../../route.js";
import { say } from "../../words.js";
import { kindName } from "../facts.js";

const change = (name) => (event) => writeField(name, event.currentTarget.value);

function Field({ name, fault, hint, children }) {
  return html`<label class=${fault ? "faulty" : ""}><span>${say(`edit.field_${name}`)} ${hint && html`<small>${hint}</small>`}</span>${children}
    ${fault && html`<small class="fault" id=${`fault-${name}`}>${say(fault)}</small>`}</label>`;
}

function Text({ name, fault, hint, off, ...more }) {
  return html`<${Field} name=${name} fault=${fault} hint=${hint}><input name=${name} autocomplete="off" spellcheck=${false} disabled=${off} value=${written(name)}
    aria-invalid=${Boolean(fault)} aria-describedby=${fault ? `fault-${name}` : undefined} onInput=${change(name)} ...${more} /><//>`;
}

function Classes({ off }) {
  const chosen = written("vehicle_classes");
  const toggle = (one) => writeField("vehicle_classes", chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);
  return html`<fieldset disabled=${off}><legend>${say("edit.field_vehicle_classes")}</legend><div class="choices">
    ${classes().map((one) => html`<label key=${one} class="choice"><input type="checkbox" checked=${chosen.includes(one)} onChange=${() => toggle(one)} /><span>${one}</span></label>`)}</div>
    ${!chosen.length && html`<small>${say("edit.all_classes")}</small>`}</fieldset>`;
}

function Fields({ off }) {
  const wrong = faults();
  const isLine = geometry.value?.type === "LineString";
  const kind = written("kind");
  const metres = isLine ? "half_width_m" : "radius_m";
  // what is still empty in a new one is no fault yet
  const faultOf = (name) => (work.value.id === null && work.value.fields[name] === undefined ? undefined : wrong[name]);
  const field = (name, more) => html`<${Text} name=${name} fault=${faultOf(name)} off=${off} ...${more} />`;
  return html`${field("name", { maxLength: 200, id: "edit-name" })}
    <div class="pair">${field("kind", { hint: kindName(kind) === kind ? "" : kindName(kind), list: "edit-kinds", maxLength: 60 })}
      ${field("limit_kmh", { type: "number", min: 1, max: 200, step: "any", placeholder: say("edit.no_limit") })}</div>
    <datalist id="edit-kinds">${kinds().map((kind) => html`<option key=${kind} value=${kind}>${kindName(kind)}</option>`)}</datalist>
    <div class="pair">${field("hours", { placeholder: "HH:MM-HH:MM", maxLength: 11 })}
      ${geometry.value && field(metres, { type: "number", min: 0, max: 2000, step: "any", placeholder: DEFAULTS[metres] })}</div>
    <${Field} name="advice"><textarea name="advice" rows="2" disabled=${off} placeholder=${say("edit.usual_advice")} value=${written("advice")} onInput=${change("advice")}></textarea><//>
    ${isLine && html`<label class="check"><input type="checkbox" name="two_way" disabled=${off} checked=${written("two_way")}
      onChange=${(event) => writeField("two_way", event.currentTarget.checked)} /><span>${say("edit.field_two_way")}</span></label>`}
    <${Classes} off=${off} />`;
}

function Approaches() {
  const others = linesOf(work.value.id).filter((line) => roleOf(line) === "approach" && !isByHand(line)).length;
  return html`<p class="quiet">${[approaches.value.length > 0 && say("edit.hand_approaches", { n: approaches.value.length }),
    others > 0 && say("edit.mined_approaches", { n: others })].filter(Boolean).join(" · ")}</p>`;
}

function Ends({ isGone, name }) {
  const { id } = work.value;
  const canSave = isDirty.value && geometry.value !== null && Object.keys(faults()).length === 0 && !isBusy.value;
  if (isGone) return html`<p class="ends"><button type="button" disabled=${isBusy.value} onClick=${() => restore(id, name)}>${say("edit.restore")}</button></p>`;
  return html`<p class="ends">
    ${id && !isDirty.value && html`<button type="button" class="retire" disabled=${isBusy.value} onClick=${() => retire(id, name)}>${say("edit.retire")}</button>`}
    ${isDirty.value && html`<button type="button" onClick=${reset}>${say(id ? "edit.reset" : "edit.cancel")}</button>`}
    <button class="main" disabled=${!canSave}>${say("edit.save")}</button></p>`;
}

function InHand() {
  const { id } = work.value;
  const isGone = id !== null && isRetired(id);
  const isOff = !isEditable.value || isGone;
  const name = written("name") || id || say("edit.no_name");
  const submit = (event) => {
    event.preventDefault();
    save();
  };
  return html`<form onSubmit=${submit}>
    <header><h2>${id ? name : say("edit.new")}</h2>${id && html`<a href=${to("segment", id)}><small>${id}</small></a>`}</header>
    ${isGone && html`<p class="edit-note">${say("edit.is_retired")}</p>`}
    ${geometry.value === null && html`<p class="edit-note">${say("edit.not_drawn")}</p>`}
    <${Fields} off=${isOff} /><${Approaches} />
    <p class="fault refusal" role="alert">${refusal.value}</p>
    ${isEditable.value && html`<${Ends} isGone=${isGone} name=${name} />`}
  </form>`;
}

export function Form() {
  const isThere = work.value !== null && (work.value.id === null || original.value !== null);
  return html`<section class=${`edit-form ${isThere ? "" : "none"}`} aria-label=${say("frame.segment")}>
    ${isThere ? html`<${InHand} key=${work.value.id} />` : html`<p class="quiet">${say(work.value ? "edit.gone" : "edit.pick")}</p>`}</section>`;
}
