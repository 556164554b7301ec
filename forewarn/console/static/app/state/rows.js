// The rows of the list: alarms, and in a flood the groups they are folded into.
import { computed, signal } from "@preact/signals";
import { listed, needsSomeone, selectedId, tab } from "./alarms.js";
import { load } from "./load.js";

/** Keys of the groups that stand open. */
export const unfolded = signal(new Set());

/** Like alarms: one kind at one segment, else one kind of one carrier. One sound for each in a flood. */
export const groupOf = (alarm) => [alarm.kind, alarm.segment_id ?? `carrier:${alarm.carrier ?? ""}`].join("\u001f");

export const isFlood = computed(() => load.value?.flood ?? false);

/** Rows in order: {key, alarm} or {key, group: alarms, open}. What is urgent is never folded away. */
export const rows = computed(() => {
  const alarms = listed.value;
  if (!isFlood.value || tab.value !== "todo") return alarms.map((alarm) => ({ key: alarm.id, alarm }));
  const groups = new Map();
  for (const alarm of alarms) {
    const key = alarm.priority === 1 ? alarm.id : groupOf(alarm);
    if (groups.has(key)) groups.get(key).push(alarm);
    else groups.set(key, [alarm]);
  }
  const found = [];
  for (const [key, group] of groups) {
    if (group.length === 1) {
      found.push({ key: group[0].id, alarm: group[0] });
      continue;
    }
    const open = unfolded.value.has(key);
    found.push({ key, group, open });
    if (open) for (const alarm of group) found.push({ key: alarm.id, alarm, inside: true });
  }
  return found;
});

export const selectedRow = computed(() => rows.value.findIndex((row) => row.key === selectedId.value));

export function toggle(key) {
  const next = new Set(unfolded.value);
  if (!next.delete(key)) next.add(key);
  unfolded.value = next;
}

export function move(step) {
  const count = rows.value.length;
  if (!count) return;
  const at = selectedRow.value < 0 && step < 0 ? count : selectedRow.value;
  const next = Math.min(count - 1, Math.max(0, at + step));
  selectedId.value = rows.value[next].key;
}

/** Select the next alarm, after the selected one and then from the top, that nobody has acknowledged. */
export function moveToUnacknowledged() {
  const all = rows.value;
  const from = selectedRow.value + 1;
  const turned = [...all.slice(from), ...all.slice(0, from)];
  const next = turned.find((row) => (row.alarm ? needsSomeone(row.alarm) : row.group.some(needsSomeone)));
  if (next) selectedId.value = next.key;
}
