// Who is at the desk, and what that account may do.
import { signal } from "@preact/signals";
import { ApiError, carry, get, post, whenEnded } from "./api.js";

/** Undefined until it is known; null: nobody; else what `/api/me` tells. */
export const me = signal(undefined);

export const may = (right) => me.value?.rights?.includes(right) ?? false;

function take(person) {
  carry(person?.csrf);
  me.value = person;
}

whenEnded(() => take(null));

/** Ask who this is; throws ApiError where there is no server. */
export async function recognise() {
  try {
    take(await get("me"));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
}

/** How one may log in besides by a password: `{oidc}`, null or its name and address. */
export const ways = () => get("login");

export async function login(name, password) {
  take(await post("login", { name, password }));
}

export async function logout() {
  await post("logout");
  take(null);
}
