// Short notices at the foot of the page: what was done, and what was not.
import { signal } from "@preact/signals";

/** Rows {number, text, grave}; grave ones stay until closed. */
export const notices = signal([]);
/** What a screen reader is told at once. */
export const spoken = signal("");

const PASSES_MS = 5000;
const MOST = 4;
let numbers = 0;

export function notice(text, { grave = false } = {}) {
  const number = ++numbers;
  notices.value = [...notices.value, { number, text, grave }].slice(-MOST);
  if (!grave) setTimeout(() => close(number), PASSES_MS);
}

export function close(number) {
  notices.value = notices.value.filter((one) => one.number !== number);
}
