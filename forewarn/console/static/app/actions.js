// What a dispatcher can do to an alarm. Each says which version was seen; who comes second is told who was first.
import { ApiError, part, post } from "./api.js";
import { may } from "./session.js";
import { find, selectedId, take } from "./state/alarms.js";
import { signal } from "@preact/signals";
import { notice } from "./state/notices.js";
import { can, rightOf } from "./tables.js";
import { say, whyNot } from "./words.js";

/** Ids of alarms of which an answer is awaited. */
export const underway = signal(new Set());
/** Goes up when something was done, so that journals are read anew. */
export const done = signal(0);

const OF_STATE = new Set(["acknowledge", "shelve", "unshelve", "remove", "restore"]);

/** Whether this account can do this to this alarm now. */
export function possible(alarm, action) {
  if (!alarm || !may(rightOf(action))) return false;
  // what was done can be noted of an alarm that is over, too: often it is known only then
  return OF_STATE.has(action) ? can(alarm.state, action) : action === "dispose" || alarm.state !== "normal";
}

/** Why it is not possible. */
export const why = (action) => say(!may("act") ? "act.may_not" : may(rightOf(action)) ? "act.not_now" : "act.admins_may");

function mark(id, on) {
  const next = new Set(underway.value);
  if (on) next.add(id);
  else next.delete(id);
  underway.value = next;
}

/** Do it; returns whether it was done. Whatever hinders is told at the foot of the page. */
export async function act(id, action, facts = {}) {
  const alarm = find(id);
  if (!alarm || underway.value.has(id)) return false;
  if (!possible(alarm, action)) {
    notice(why(action));
    return false;
  }
  mark(id, true);
  try {
    const answer = await post(`alarms/${part(id)}/${action}`, { version: alarm.version, ...facts });
    take(answer.alarm);
    notice(say(`act.done_${action}`, { vehicle: alarm.vehicle }));
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell(error, alarm);
    return false;
  } finally {
    mark(id, false);
    done.value += 1;
  }
}

function tell(error, alarm) {
  if (error.status === 409 && error.alarm) {
    take(error.alarm);
    const who = winner(error.alarm, alarm);
    const values = { who, vehicle: alarm.vehicle, state: say(`state.${error.alarm.state}`) };
    notice(say(who ? "act.conflict" : "act.conflict_nobody", values), { grave: true });
  } else if (error.status !== 401) notice(whyNot(error), { grave: true });
}

/** Who made the newer version, as far as the alarm tells. */
function winner(current, seen) {
  if (current.shelved_by && current.state === "shelved") return current.shelved_by;
  if (current.acknowledged_by && current.acknowledged_at !== seen.acknowledged_at) return current.acknowledged_by;
  if (current.disposition && current.disposition.at !== seen.disposition?.at) return current.disposition.by;
  return null;
}

export const actOnSelected = (action) => act(selectedId.value, action);
