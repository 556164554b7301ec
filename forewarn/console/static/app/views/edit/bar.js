// The tools over the map: what can be drawn, and what can be done to what is in hand.
import { isEditable, isRetired } from "../../edit/draft.js";
import { draw } from "../../edit/picking.js";
import { drawing, tool } from "../../edit/tools.js";
import { approaches, canDeleteVertex, coordinatesOf, deleteVertex, geometry, part, removeApproach, turnAround, undo, vertex, work } from "../../edit/work.js";
import { html } from "../../html.js";
import { say } from "../../words.js";
import { Icon } from "../icons.js";

function Tool({ icon, name, run, text, off }) {
  const label = say(name);
  return html`<button class="tool" disabled=${off} title=${label} aria-label=${text ? undefined : label} onClick=${run}>
    <${Icon} name=${icon} />${text && html`<span>${label}</span>`}</button>`;
}

function Drawing() {
  return html`<p class="hint" role="status">${say(`edit.hint_${tool.value}`)}</p>
    ${tool.value !== "point" && html`<${Tool} icon="returned" name="edit.undo" run=${() => drawing.value?.takeBack()} />
      <${Tool} icon="acknowledged" name="edit.finish" text run=${() => drawing.value?.finish()} />`}
    <${Tool} icon="close" name="edit.cancel" text run=${() => drawing.value?.cancel()} />`;
}

/** Which point is chosen: by these buttons too, since not everybody has a pointer. */
function Points() {
  const line = coordinatesOf(part.value);
  if (!Array.isArray(line?.[0])) return null;
  const step = (by) => () => { vertex.value = vertex.value === null ? (by > 0 ? 0 : line.length - 1) : (vertex.value + by + line.length) % line.length; };
  return html`<span class="points" role="group"><${Tool} icon="back" name="edit.point_back" run=${step(-1)} />
    <span role="status">${vertex.value === null ? say("edit.points", { n: line.length }) : say("edit.point_of", { k: vertex.value + 1, n: line.length })}</span>
    <${Tool} icon="chevron" name="edit.point_on" run=${step(1)} />
    <${Tool} icon="bin" name="edit.point_delete" off=${!canDeleteVertex.value} run=${deleteVertex} /></span>`;
}

function InHand() {
  const isLine = geometry.value?.type === "LineString";
  const isApproach = part.value !== "main" && approaches.value.length > 0;
  return html`${isLine && !isApproach && html`<${Tool} icon="turn" name="edit.turn" text run=${turnAround} />`}
    ${geometry.value && html`<${Tool} icon="approach" name="edit.draw_approach" text run=${() => draw("approach")} />`}
    ${isApproach && html`<${Tool} icon="bin" name="edit.remove_approach" text run=${() => removeApproach(part.value)} />`}
    <${Points} />
    <${Tool} icon="returned" name="edit.undo" off=${!work.value.past.length} run=${undo} />`;
}

export function Bar() {
  if (!isEditable.value) return null;
  const isHeld = work.value !== null && !isRetired(work.value.id);
  return html`<div class=${`edit-bar ${tool.value === "look" ? "" : "drawing"}`} role="toolbar" aria-label=${say("edit.tools")}>
    ${tool.value === "look" ? html`<${Tool} icon="line" name="edit.draw_line" text=${!isHeld} run=${() => draw("line")} />
      <${Tool} icon="target" name="edit.draw_point" text=${!isHeld} run=${() => draw("point")} />
      ${isHeld && html`<i class="bar-gap"></i><${InHand} />`}` : html`<${Drawing} />`}
  </div>`;
}
