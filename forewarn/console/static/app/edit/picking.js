// Taking up a segment, or a tool; where something is edited and not saved, the page asks first.
import { openDialog } from "../state/dialog.js";
import { isEditable } from "./draft.js";
import { flyTo, tool } from "./tools.js";
import { choose, chooseNew, drop, geometry, isDirty, work } from "./work.js";

/** Do it, now or once the page knows what becomes of what is not saved. */
const unlessDirty = (go) => (isDirty.value ? openDialog("leave", go) : go());

/** Take up a segment by its id; `fly`: and bring it into view. */
export function pick(id, { fly = false } = {}) {
  if (fly) flyTo(id);
  if (work.value?.id === id) return;
  unlessDirty(() => {
    tool.value = "look";
    choose(id);
  });
}

/** Lay down what is in hand. */
export const letGo = () => unlessDirty(drop);

/** Take a drawing tool in hand; `line` and `point` begin a new segment. */
export function draw(name) {
  if (!isEditable.value) return;
  if (name === "approach" || (work.value?.id === null && geometry.value === null)) {
    tool.value = name;
    return;
  }
  unlessDirty(() => {
    chooseNew();
    tool.value = name;
  });
}

/** Drop what is being drawn. */
export function cancelDrawing() {
  tool.value = "look";
  if (work.value?.id === null && geometry.value === null) drop();
}
