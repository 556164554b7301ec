// What an editor does at the server. Each says which state of the draft was seen; who comes second is told so.
import { signal } from "@preact/signals";
import { ApiError, post } from "../api.js";
import { go } from "../route.js";
import { notice } from "../state/notices.js";
import { say, whyNot } from "../words.js";
import { draft, loadDraft } from "./draft.js";
import { approaches, asFeature, drop, refusal, taken, work } from "./work.js";

/** Whether an answer is awaited. */
export const isBusy = signal(false);
/** Null, or {version}: somebody else was first, and this is the version now (null where it is gone). */
export const conflict = signal(null);

const path = (what) => `segment-versions/${draft.value.version.number}/${what}`;
const seen = () => ({ hash: draft.value.version.hash });

async function busy(until) {
  isBusy.value = true;
  try {
    return await until;
  } finally {
    isBusy.value = false;
  }
}

/** Post, one at a time; null where it was refused, which `refuse` tells. */
async function send(to, body, refuse) {
  if (isBusy.value) return null;
  try {
    return await busy(post(to, body));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "conflict") conflict.value = { version: error.version ?? null };
    else if (error.status !== 401) refuse(whyNot(error));
    return null;
  }
}

const tellGrave = (why) => notice(why, { grave: true });

/** Tell of it and load the draft anew; whether it is still what is looked at. */
async function after({ version: { number }, notes }, told) {
  notice(told);
  for (const { what, times } of notes ?? []) notice(say(`edit.note_${what}`, { n: times }));
  const isHere = () => draft.value?.version.number === number;
  if (!isHere()) return false;
  await busy(loadDraft(number)); // what is sent meanwhile would be of a draft that was before
  return isHere();
}

/** Put what was edited into the draft. */
export async function save() {
  refusal.value = "";
  const sent = work.value;
  const body = { ...seen(), feature: asFeature(), ...(sent.approaches !== undefined && { approaches: approaches.value }) };
  const answer = await send(path("segments"), body, (why) => { refusal.value = why; });
  if (answer && await after(answer, say("edit.saved"))) taken(sent, answer.id);
}

async function change(what, id, told) {
  const { number } = draft.value.version;
  const answer = await send(path(what), { ...seen(), id }, tellGrave);
  if (!answer) return;
  if (work.value?.id === id && work.value.number === number) drop();
  await after(answer, told);
}

export const retire = (id, name) => change("retire", id, say("edit.retired", { name }));
export const restore = (id, name) => change("restore", id, say("edit.restored", { name }));

/** Begin a draft, and go there. */
export async function beginDraft(why, refuse) {
  const answer = await send("segment-versions", { why }, refuse);
  if (answer) go("edit", answer.version.number);
}

export async function discard(refuse) {
  const answer = await send(path("discard"), seen(), refuse);
  if (!answer) return;
  drop();
  notice(say("edit.discarded"));
  go("edit");
}

export async function tryOut() {
  const { number } = draft.value.version;
  const answer = await send(path("try"), seen(), tellGrave);
  if (answer && draft.value?.version.number === number) draft.value = { ...draft.value, trial: answer.trial };
}

/** Let a version go live: {number, hash} of it, and of the live one that was seen. Returns whether it did. */
export async function publish({ number, hash }, live, why, refuse) {
  const answer = await send(`segment-versions/${number}/publish`, { hash, live: live?.number ?? null, why }, refuse);
  if (answer && draft.value?.version.number === number) await loadDraft(number);
  return answer !== null;
}
