// Days of the calendar by this clock, as the interface takes them.
import { part } from "./api.js";

const two = (number) => String(number).padStart(2, "0");

/** `2026-03-02`, local. */
export const dayOf = (moment) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;

/** From the midnight before a day to the one after another, as a query. */
export function bounds(first, last = first) {
  const begin = new Date(`${first}T00:00:00`);
  const end = new Date(`${last}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return `from=${part(begin.toISOString())}&to=${part(end.toISOString())}`;
}
