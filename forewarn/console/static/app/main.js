// Begins: whose session is this, the tables, the stream, the page.
import { render } from "preact";
import { effect } from "@preact/signals";
import { html } from "./html.js";
import { listenToKeys } from "./keys.js";
import { me, recognise } from "./session.js";
import { loadTables } from "./tables.js";
import { closeStream, openStream } from "./stream.js";
import { forgetAccounts } from "./state/accounts.js";
import { forget } from "./state/alarms.js";
import { closeDialog } from "./state/dialog.js";
import { forgetFleet } from "./state/fleet.js";
import { Page } from "./views/page.js";

const RETRY_MS = 3000;

render(html`<${Page} />`, document.body);
listenToKeys();

let person = null;
effect(() => {
  const name = me.value?.name ?? null;
  if (name === person) return;
  if (person !== null) {
    closeStream();
    forget();
    forgetAccounts();
    closeDialog();
    forgetFleet();
  }
  person = name;
  if (name !== null) begin();
});

async function begin() {
  await retried(loadTables);
  if (person !== null) openStream();
}

/** Try until there is a server; a refusal for want of a session is the login's matter. */
async function retried(step) {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (error.status === 401) return undefined;
      if (error.status === undefined) throw error;
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  }
}

retried(recognise).then(() => { if (me.value === undefined) me.value = null; });
