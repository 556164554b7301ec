// Two sounds, made here. Priority 1 comes again until somebody acknowledges or silences it; priority 2 comes once.
import { computed, effect, signal } from "@preact/signals";
import { sound } from "./settings.js";
import { todo } from "./state/alarms.js";

const AGAIN_MS = 20_000;
/** Hz and seconds: when each tone begins, how long it lasts. */
const TONES = {
  1: [[880, 0, 0.16], [698, 0.2, 0.16], [880, 0.4, 0.16], [698, 0.6, 0.24]],
  2: [[587, 0, 0.18], [784, 0.22, 0.3]],
};
const LOUDNESS = 0.22;

const context = new AudioContext();
/** `suspended` until the browser has had its click. */
export const audioState = signal(context.state);
context.addEventListener("statechange", () => { audioState.value = context.state; });

/** Whether a sound would be heard if there were one. */
export const needsClick = computed(() => sound.value === "on" && audioState.value !== "running");

let master = null;
let again = 0;
/** Whether priority 1 keeps sounding. */
export const sounding = signal(false);
/** How many times something sounded; for whoever counts. */
export const chimes = signal(0);

export async function wake() {
  await context.resume();
}
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { if (context.state === "suspended") wake(); });

function play(priority) {
  if (sound.value !== "on") return;
  chimes.value += 1;
  document.documentElement.dataset.chimes = chimes.value;
  if (context.state !== "running") return;
  master = context.createGain();
  master.connect(context.destination);
  const start = context.currentTime + 0.02;
  for (const [hertz, from, length] of TONES[priority]) {
    const tone = context.createOscillator();
    const swell = context.createGain();
    tone.type = "sine";
    tone.frequency.value = hertz;
    swell.gain.setValueAtTime(0, start + from);
    swell.gain.linearRampToValueAtTime(LOUDNESS, start + from + 0.02);
    swell.gain.exponentialRampToValueAtTime(0.001, start + from + length);
    tone.connect(swell).connect(master);
    tone.start(start + from);
    tone.stop(start + from + length);
  }
}

export function chime(priority) {
  play(priority);
  if (priority !== 1 || sound.value !== "on") return;
  sounding.value = true;
  clearInterval(again);
  again = setInterval(() => (urgent.peek() ? play(1) : silence()), AGAIN_MS);
}

/** Stop what sounds. It acknowledges nothing. */
export function silence() {
  clearInterval(again);
  sounding.value = false;
  master?.disconnect();
  master = null;
}

export function switchSound() {
  sound.value = sound.value === "on" ? "off" : "on";
  if (sound.value === "off") silence();
}

const urgent = computed(() => todo.value.some((one) => one.priority === 1 && one.state === "unacknowledged"));
effect(() => { if (!urgent.value && sounding.peek()) silence(); });
