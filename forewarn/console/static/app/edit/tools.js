// Which tool is in hand on the map, and the map's drawing itself, where it is open.
import { signal } from "@preact/signals";

/** `look`: choose and move; `line`, `point`: draw a new segment; `approach`: draw a line that leads to the entry. */
export const tool = signal("look");
/** The map's drawing, `map/drawing.js`; null where no map is open. */
export const drawing = signal(null);
/** Where the map shall fly: a segment's id, and a number that makes it another wish. */
export const wish = signal(null);
export const flyTo = (id) => { wish.value = { id }; };
/** {id, name} of the segment that an editor came for, from its own page; null once it is in hand. */
export const aimed = signal(null);
