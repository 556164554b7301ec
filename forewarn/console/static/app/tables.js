// What the server's tables tell: kinds, priorities, dispositions, and what can happen in a state.
import { signal } from "@preact/signals";
import { get } from "./api.js";
import { told } from "./words.js";

export const tables = signal(null);

export async function loadTables() {
  tables.value = await get("tables");
}

export const title = (kind) => told(tables.value?.kinds?.[kind]?.title) || kind;
export const response = (kind) => told(tables.value?.kinds?.[kind]?.response);
export const priorityName = (priority) => told(tables.value?.priorities?.[priority]) || String(priority);
export const dispositionName = (what) => told(tables.value?.dispositions?.[what]) || what;
/** The right that an action takes. */
export const rightOf = (action) => tables.value?.actions?.[action] ?? "act";
export const can = (state, event) => tables.value?.states?.[state]?.includes(event) ?? false;
