// Clocks and spans. `now` ticks once a second and follows the server's clock where this one is wrong.
import { signal } from "@preact/signals";

let ahead = 0;

/** Take the time by the server's clock, epoch ms, asked for at `began`; under a second apart the clocks are one. Replayed records have a clock of their own. */
export function adjust(server, began = Date.now()) {
  const off = server - (began + Date.now()) / 2;
  ahead = Math.abs(off) < 1000 ? 0 : off;
}

/** Epoch milliseconds by the server's clock. */
export const clock = () => Date.now() + ahead;
export const now = signal(clock());
setInterval(() => {
  now.value = clock();
  document.documentElement.toggleAttribute("data-beat"); // what flashes, does so by this: an animation draws each frame
}, 1000);

const two = (number) => String(number).padStart(2, "0");
const sameDay = (a, b) => a.toDateString() === b.toDateString();

/** `14:05`, or `03-02 14:05` on another day; local time. Takes ISO 8601 or epoch milliseconds. */
export function at(moment, { seconds = false } = {}) {
  if (moment === null || moment === undefined) return "–";
  const time = new Date(moment);
  if (Number.isNaN(time.getTime())) return String(moment);
  const text = `${two(time.getHours())}:${two(time.getMinutes())}${seconds ? `:${two(time.getSeconds())}` : ""}`;
  return sameDay(time, new Date(clock())) ? text : `${two(time.getMonth() + 1)}-${two(time.getDate())} ${text}`;
}

/** A span in seconds as words, by `say`. */
export function span(seconds, say) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return say("time.s", { s });
  if (s < 3600) return say("time.min", { m: Math.floor(s / 60) });
  if (s < 86400) return say("time.h", { h: Math.floor(s / 3600), m: two(Math.floor(s / 60) % 60) });
  return say("time.d", { d: Math.floor(s / 86400), h: Math.floor(s / 3600) % 24 });
}

/** Seconds since an ISO 8601 time. */
export const since = (moment, until = now.value) => (until - Date.parse(moment)) / 1000;
