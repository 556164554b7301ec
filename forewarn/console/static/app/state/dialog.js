// Which dialog is open, and about which alarm or account.
import { signal } from "@preact/signals";

/** Null, or {name, id}. */
export const dialog = signal(null);
export const openDialog = (name, id = null) => { dialog.value = { name, id }; };
export const closeDialog = () => { dialog.value = null; };
/** Whether the detail covers the list, where the window is too narrow for both. */
export const detailOpen = signal(false);
