// What newly arrived alarms ask of eyes and ears.
import { priorityName, title } from "./tables.js";
import { say } from "./words.js";
import { find } from "./state/alarms.js";
import { groupOf, isFlood } from "./state/rows.js";
import { spoken } from "./state/notices.js";
import { chime } from "./sound.js";

const LOUDEST_THAT_IS_QUIET = 3;
/** Groups that have sounded in this flood. */
const sounded = new Set();

const isNew = ({ before, alarm }) => alarm.state === "unacknowledged" && alarm.priority < LOUDEST_THAT_IS_QUIET
  && (before?.state !== "unacknowledged" || before.priority > alarm.priority)
  && find(alarm.id)?.state === "unacknowledged"; // what came with it may have ended it

/** Whether it may sound; in a flood only the first of its group. */
function maySound(alarm) {
  if (!isFlood.value) return true;
  const group = groupOf(alarm);
  const isFirst = !sounded.has(group);
  sounded.add(group);
  return isFirst;
}

/** Tell of what came at once, rows {before, alarm}; the most pressing is spoken of, and sounds for all of them. */
export function arrived(rows) {
  if (!isFlood.value) sounded.clear();
  const alarms = rows.filter(isNew).map(({ alarm }) => alarm).sort((a, b) => a.priority - b.priority);
  if (!alarms.length) return;
  const [{ priority, kind, vehicle }] = alarms;
  spoken.value = say("list.arrived", { priority: priorityName(priority), what: title(kind), vehicle });
  const heard = alarms.filter(maySound);
  if (heard.length) chime(heard[0].priority);
}
