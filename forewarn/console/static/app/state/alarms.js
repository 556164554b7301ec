// The alarms as this page knows them. The newest version of each wins, whichever way it came.
import { computed, signal } from "@preact/signals";

const SEEN = new Set(["unacknowledged", "acknowledged", "returned"]);
const MOST_CLOSED = 500;

/** Id to {alarm, number}: `number` is the journal's of the event that brought it. */
const open = new Map();
/** Those that are over: shown while still selected, and never brought back by an older answer. */
const closed = new Map();
const revision = signal(0);

export const selectedId = signal(null);
export const tab = signal("todo");
/** Whether a first list has come. */
export const loaded = signal(false);

export const needsSomeone = (alarm) => alarm.state === "unacknowledged" || alarm.state === "returned";
const changed = () => { revision.value += 1; };

function put(alarm, number) {
  const known = open.get(alarm.id) ?? closed.get(alarm.id);
  if (known && known.alarm.version > alarm.version) return false;
  const entry = { alarm, number: Math.max(number, known?.number ?? 0) };
  if (alarm.state === "normal") {
    open.delete(alarm.id);
    closed.delete(alarm.id);
    closed.set(alarm.id, entry);
    if (closed.size > MOST_CLOSED) closed.delete(closed.keys().next().value);
  } else {
    closed.delete(alarm.id);
    open.set(alarm.id, entry);
  }
  return true;
}

/** Take one alarm, from an event (with its number) or from an action's answer. Returns what was there before. */
export function take(alarm, number = 0) {
  const before = open.get(alarm.id)?.alarm;
  if (put(alarm, number)) changed();
  return before;
}

/**
 * Take a whole list as of journal number `at`: what is not in it and not newer is over.
 * Returns rows {before, alarm} of what was taken; none for the first list, in which nothing is new.
 */
export function takeAll(alarms, at) {
  const listed = new Set(alarms.map((alarm) => alarm.id));
  for (const [id, entry] of open) if (!listed.has(id) && entry.number <= at) open.delete(id);
  const rows = alarms.map((alarm) => ({ before: open.get(alarm.id)?.alarm, alarm })).filter((row) => put(row.alarm, at));
  const wasLoaded = loaded.value;
  loaded.value = true;
  changed();
  return wasLoaded ? rows : [];
}

export function forget() {
  open.clear();
  closed.clear();
  selectedId.value = null;
  tab.value = "todo";
  loaded.value = false;
  changed();
}

/** The alarm of an id, null where it is not known; whoever draws it is told of changes. */
export function find(id) {
  revision.value;
  return (open.get(id) ?? closed.get(id))?.alarm ?? null;
}

/** What stands first: whoever needs somebody, the more pressing, the newer. */
function order(a, b) {
  return needsSomeone(b) - needsSomeone(a) || a.priority - b.priority
    || (a.last_at < b.last_at ? 1 : a.last_at > b.last_at ? -1 : a.id < b.id ? -1 : 1);
}

const sorted = (wanted) => computed(() => {
  revision.value;
  const found = [];
  for (const { alarm } of open.values()) if (wanted(alarm.state)) found.push(alarm);
  return found.sort(order);
});

export const todo = sorted((state) => SEEN.has(state));
export const shelved = sorted((state) => state === "shelved");
export const held = sorted((state) => state === "suppressed" || state === "out_of_service");
export const listed = computed(() => ({ todo, shelved, held })[tab.value].value);
export const selected = computed(() => (selectedId.value === null ? null : find(selectedId.value)));
export const unacknowledged = computed(() => todo.value.filter(needsSomeone).length);
