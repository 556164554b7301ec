// Who may log in: for admins.
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { may } from "../session.js";
import { accounts, accountsFault, loadAccounts } from "../state/accounts.js";
import { openDialog } from "../state/dialog.js";
import { at } from "../time.js";
import { say } from "../words.js";
import { LANGUAGES } from "./account_dialogs.js";
import { Sheet } from "./fetched.js";
import { Icon } from "./icons.js";
import { ListTable } from "./list_table.js";

function row(account) {
  const { name, role, carrier, language, disabled, made_ms, issuer } = account;
  return {
    key: name,
    mark: disabled ? "off" : "",
    cells: {
      name: html`<b>${name}</b>`,
      role: say(`role.${role}`),
      carrier: carrier ?? html`<span class="quiet">${say("report.everybody")}</span>`,
      language: LANGUAGES[language] ?? language,
      may: html`<span class=${`standing ${disabled ? "off" : "on"}`}>${say(disabled ? "account.disabled" : "account.enabled")}</span>`,
      made: at(made_ms),
      tools: html`<span class="row-tools"><button onClick=${() => openDialog("change_account", name)}>${say("account.change_short")}</button>
        <button disabled=${Boolean(issuer)} onClick=${() => openDialog("reset_password", name)}>${say("account.reset_short")}</button></span>`,
    },
  };
}

const COLUMNS = ["name", "role", "carrier", "language", "may", "made", "tools"];

export function AccountsPage() {
  const allowed = may("administer");
  useEffect(() => { if (allowed) loadAccounts(); }, [allowed]);
  const fetched = { answer: accounts.value, fault: allowed ? accountsFault.value : say("act.admins_may"), again: loadAccounts };
  const tools = html`<button class="main" onClick=${() => openDialog("make_account")}><${Icon} name="plus" />${say("account.make")}</button>`;
  return html`<${Sheet} name=${say("account.about")} heading=${say("account.title")} fetched=${fetched} tools=${allowed && tools} list=${true}>
    <${ListTable} label=${say("account.title")} columns=${COLUMNS.map((name) => ({ name, title: say(`account.${name}`) }))}
      rows=${(accounts.value ?? []).map(row)} /><//>`;
}
