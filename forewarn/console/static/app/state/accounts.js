// The accounts, for whoever administers them; asked for when their page is opened.
import { signal } from "@preact/signals";
import { ApiError, get } from "../api.js";

/** Null until they have come. */
export const accounts = signal(null);
export const accountsFault = signal("");

export async function loadAccounts() {
  try {
    accounts.value = (await get("accounts")).accounts;
    accountsFault.value = "";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    accountsFault.value = error.message;
  }
}

export function forgetAccounts() {
  accounts.value = null;
}
