// The HTTP interface. A refusal is an ApiError; no server at all is one with status 0.
import { adjust } from "./time.js";

export class ApiError extends Error {
  constructor(status, code, message, body) {
    super(message || code);
    this.status = status;
    this.code = code;
    /** Of a conflict: the alarm, or the version of the segments, as it stands. */
    this.alarm = body?.alarm;
    this.version = body?.version;
  }
}

let csrf = "";
let ended = () => {};

/** The token that every POST carries. */
export const carry = (token) => { csrf = token ?? ""; };
/** What to do when the server no longer knows the session. */
export const whenEnded = (callback) => { ended = callback; };

async function ask(path, options) {
  let answer;
  const began = Date.now();
  try {
    answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (error) {
    throw new ApiError(0, "unreachable", error.message);
  }
  if (answer.headers.has("forewarn-now")) adjust(Number(answer.headers.get("forewarn-now")), began);
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  const body = isJson ? await answer.json() : null;
  if (answer.ok) return body;
  if (answer.status === 401 && path !== "/api/login") ended();
  throw new ApiError(answer.status, body?.error ?? `HTTP ${answer.status}`, body?.message, body);
}

export const get = (path) => ask(`/api/${path}`, {});

export const post = (path, body = {}) => ask(`/api/${path}`, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
  body: JSON.stringify(body),
});

/** A path's part out of any text. */
export const part = (text) => encodeURIComponent(text);
