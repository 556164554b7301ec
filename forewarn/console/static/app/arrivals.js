// What a newly arrived alarm asks of eyes and ears.
import { priorityName, title } from "./tables.js";
import { say } from "./words.js";
import { groupOf, isFlood } from "./state/rows.js";
import { spoken } from "./state/notices.js";
import { chime } from "./sound.js";

const LOUDEST_THAT_IS_QUIET = 3;
/** Groups that have sounded in this flood. */
const sounded = new Set();

/** Tell of an alarm, given what was known of it before. */
export function arrived(before, alarm) {
  if (!isFlood.value) sounded.clear();
  const isNew = alarm.state === "unacknowledged"
    && (before?.state !== "unacknowledged" || before.priority > alarm.priority);
  if (!isNew || alarm.priority >= LOUDEST_THAT_IS_QUIET) return;
  spoken.value = say("list.arrived", {
    priority: priorityName(alarm.priority), what: title(alarm.kind), vehicle: alarm.vehicle,
  });
  if (isFlood.value) {
    const group = groupOf(alarm);
    if (sounded.has(group)) return;
    sounded.add(group);
  }
  chime(alarm.priority);
}
