// The one stream of this tab: what comes in, and whether anything comes at all.
import { batch, signal } from "@preact/signals";
import { get } from "./api.js";
import { arrived } from "./arrivals.js";
import { recognise } from "./session.js";
import { take, takeAll } from "./state/alarms.js";
import { takeFleet, takePositions } from "./state/fleet.js";
import { load, loadAt } from "./state/load.js";
import { notice } from "./state/notices.js";
import { reloadSegments } from "./state/segments.js";
import { adjust, clock } from "./time.js";
import { say } from "./words.js";

const GONE_AFTER_MS = 30_000;
const SILENT_AFTER_MS = 60_000; // four heartbeats
const RETRY_MS = 2000;
const GATHER_MS = 16; // events of one burst are drawn together

/** {state: connecting | live | reconnecting | gone, since: ms by `clock()`}. */
export const link = signal({ state: "connecting", since: clock() });

let source = null;
/** The journal's number up to which this page knows everything; null before the first list. */
let known = null;
/** Hash of the segments in force; null before the stream told it. */
let inForce = null;
let lastHeard = 0;
let retry = 0;
let watch = 0;
let held = [];
let flushing = 0;

export function openStream() {
  stop();
  source = new EventSource(known === null ? "/api/stream" : `/api/stream?after=${known}`);
  lastHeard = Date.now();
  source.addEventListener("open", () => {
    heard();
    link.value = { state: "live", since: clock() };
    // what was missed is told again; positions are not kept for that, and too much is not: so both are read anew
    reload();
  });
  source.addEventListener("error", () => lost(source));
  source.addEventListener("beat", heard);
  on("alarm", (data, event) => {
    const number = Number(event.lastEventId) || 0;
    known = Math.max(known, number);
    hold({ ...data, number });
  });
  on("load", takeLoad);
  on("positions", (data) => {
    adjust(data.at_ms);
    takePositions(data.rows);
  });
  on("prompt", ({ count }) => {
    if (load.value) load.value = { ...load.value, prompts_last_hour: load.value.prompts_last_hour + count };
  });
  on("segments", takeSegments);
  on("resync", reload);
  watch = setInterval(look, 1000);
}

/** End it, and what it knew: the next one is somebody else's. */
export function closeStream() {
  stop();
  known = null;
  inForce = null;
  held = [];
}

function stop() {
  clearInterval(watch);
  clearTimeout(retry);
  source?.close();
  source = null;
}

function on(name, handle) {
  source.addEventListener(name, (event) => {
    heard();
    handle(JSON.parse(event.data), event);
  });
}

const heard = () => { lastHeard = Date.now(); };

function takeLoad(told) {
  load.value = told;
  loadAt.value = clock();
}

/** Each stream begins with it, so no change is missed while there was none. */
function takeSegments({ hash }) {
  const isOther = inForce !== null && inForce !== hash;
  inForce = hash;
  if (!isOther) return;
  notice(say("edit.went_live"));
  reloadSegments();
}

function lost(from) {
  if (from !== source) return;
  if (link.value.state === "live") link.value = { state: "reconnecting", since: clock() };
  if (from.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
  clearTimeout(retry);
  retry = setTimeout(again, RETRY_MS);
}

/** A refused stream is never tried again by the browser: ask whether the session stands, and open it anew. */
async function again() {
  try {
    await recognise();
  } catch (error) {
    if (error.status === undefined) throw error;
    retry = setTimeout(again, RETRY_MS);
    return;
  }
  if (source) openStream();
}

function look() {
  const { state, since } = link.value;
  if ((state === "reconnecting" || state === "connecting") && clock() - since > GONE_AFTER_MS) {
    link.value = { state: "gone", since };
  }
  if (state === "live" && Date.now() - lastHeard > SILENT_AFTER_MS) openStream();
}

async function reload() {
  const [loadBefore, of] = [load.value, source];
  const [alarms, vehicles] = await Promise.allSettled([get("alarms"), get("vehicles")]);
  if (of !== source) return; // the next stream reads anew, or the session is over
  if (alarms.status === "fulfilled") {
    flush();
    batch(() => {
      const rows = takeAll(alarms.value.alarms, alarms.value.at);
      known = Math.max(known, alarms.value.at);
      // one that the stream told meanwhile is newer than the answer's
      if (load.value === loadBefore) takeLoad(alarms.value.load);
      arrived(rows);
    });
  }
  if (vehicles.status === "fulfilled") takeFleet(vehicles.value.vehicles);
  const failed = [alarms, vehicles].find((one) => one.status === "rejected");
  if (!failed || failed.reason.status === 401) return;
  if (failed.reason.status === undefined) throw failed.reason;
  if (of?.readyState === EventSource.CLOSED) return; // it is opened anew, and that reads anew
  clearTimeout(retry);
  retry = setTimeout(() => source && reload(), RETRY_MS);
}

function hold(event) {
  held.push(event);
  if (!flushing) {
    flush();
    flushing = setTimeout(() => {
      flushing = 0;
      flush();
    }, GATHER_MS);
  }
}

function flush() {
  if (!held.length) return;
  const events = held;
  held = [];
  batch(() => {
    arrived(events.map(({ alarm, number }) => ({ before: take(alarm, number), alarm })));
  });
}
