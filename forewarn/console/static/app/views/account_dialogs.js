// The dialogs about accounts: made, changed, given another password; and one's own password.
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { ApiError, get, part, post } from "../api.js";
import { html } from "../html.js";
import { me, recognise, ways } from "../session.js";
import { accounts, loadAccounts } from "../state/accounts.js";
import { closeDialog } from "../state/dialog.js";
import { notice } from "../state/notices.js";
import { say, whyNot } from "../words.js";
import { Box } from "./box.js";
import { Icon } from "./icons.js";

const ROLES = ["viewer", "dispatcher", "editor", "admin"];
const FOR_ALL = new Set(["editor", "admin"]); // whoever edits or administers does so for all carriers
export const LANGUAGES = { zh: "中文", en: "English" };
const LEAST = 10; // characters of a password
const MOST = 256;

/** What is sent, once at a time: [send, busy, fault]; `send` returns the answer, null where there was none. */
function useSending() {
  const busy = useSignal(false);
  const fault = useSignal("");
  async function send(path, body) {
    if (busy.value) return null;
    busy.value = true;
    fault.value = "";
    try {
      return await post(path, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.value = whyNot(error);
      return null;
    } finally {
      busy.value = false;
    }
  }
  return [send, busy.value, fault.value];
}

const Fault = ({ text }) => html`<p class="fault" role="alert">${text}</p>`;

/** Copy what stands in an input; the browser's newer way exists over HTTPS and on the same machine alone. */
async function copied(input) {
  input.select();
  if (!navigator.clipboard) return document.execCommand("copy");
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return false; // refused by the browser: it is selected, and may be copied by hand
  }
}

/** A password that has just been made, and that nobody will see again. */
function Made({ name, password }) {
  const field = useRef(null);
  const told = useSignal("");
  const onCopy = async () => { told.value = say(await copied(field.current) ? "account.copied" : "account.copy_by_hand"); };
  return html`<${Box} heading=${say("account.password_made")} note=${name}>
    <p>${say("account.shown_once")}</p>
    <p class="secret"><input ref=${field} class="code" aria-label=${say("login.password")} readonly value=${password} autocomplete="off" />
      <button type="button" class="main" autofocus onClick=${onCopy}><${Icon} name="copy" />${say("account.copy")}</button></p>
    <p class="quiet" role="status">${told.value}</p>
  <//>`;
}

function useCarriers() {
  const carriers = useSignal([]);
  useEffect(() => {
    get("carriers").then((answer) => { carriers.value = answer.carriers; }, (error) => {
      if (!(error instanceof ApiError)) throw error; // a name can be typed all the same
    });
  }, []);
  return carriers.value;
}

/** What the provider of logins is called; empty where there is none. */
function useProvider() {
  const name = useSignal("");
  useEffect(() => {
    ways().then(({ oidc }) => { name.value = oidc?.name ?? ""; }, (error) => {
      if (!(error instanceof ApiError)) throw error; // then an account with a password can be made all the same
    });
  }, []);
  return name.value;
}

/** Role, carrier and language; `account` is as it stands. */
function Fields({ account }) {
  const carriers = useCarriers();
  const role = useSignal(account?.role ?? "dispatcher");
  const forAll = FOR_ALL.has(role.value);
  return html`
    <label>${say("account.role")}<select name="role" value=${role.value} onChange=${(event) => { role.value = event.currentTarget.value; }}>
      ${ROLES.map((one) => html`<option key=${one} value=${one}>${say(`role.${one}`)}</option>`)}</select></label>
    <p class="quiet hint">${say(`account.may_${role.value}`)}</p>
    <label>${say("detail.carrier")}<input name="carrier" list="carriers" maxlength="200" autocomplete="off" disabled=${forAll}
      placeholder=${say("report.everybody")} defaultValue=${account?.carrier ?? ""} key=${forAll} value=${forAll ? "" : undefined} /></label>
    <datalist id="carriers">${carriers.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
    <p class="quiet hint">${say(forAll ? "account.for_all" : "account.of_carrier")}</p>
    <label>${say("account.language")}<select name="language" defaultValue=${account?.language ?? "zh"}>
      ${Object.entries(LANGUAGES).map(([one, word]) => html`<option key=${one} value=${one} selected=${one === (account?.language ?? "zh")}>${word}</option>`)}</select></label>`;
}

const given = (form) => ({ role: form.get("role"), carrier: form.get("carrier")?.trim() || null, language: form.get("language") });

export function MakeAccount() {
  const [send, busy, fault] = useSending();
  const made = useSignal(null);
  const provider = useProvider();
  async function onSubmit(form) {
    const subject = form.get("subject")?.trim();
    const answer = await send("accounts", { name: form.get("name").trim(), ...given(form), ...(subject && { subject }) });
    if (!answer) return;
    loadAccounts();
    if (answer.password) made.value = answer;
    else {
      closeDialog();
      notice(say("account.made_there", { name: answer.account.name, provider }));
    }
  }
  if (made.value) return html`<${Made} key="made" name=${made.value.account.name} password=${made.value.password} />`;
  return html`<${Box} key="form" heading=${say("account.make")} onSubmit=${onSubmit} save=${say("account.make")} busy=${busy}>
    <label>${say("account.name")}<input name="name" required maxlength="64" autofocus autocomplete="off" spellcheck=${false} autocapitalize="off" /></label>
    <${Fields} />
    ${provider && html`<label>${say("account.subject", { provider })}<input name="subject" maxlength="255" autocomplete="off" spellcheck=${false} autocapitalize="off" /></label>
      <p class="quiet hint">${say("account.subject_note", { provider })}</p>`}
    <${Fault} text=${fault} /><//>`;
}

export function ChangeAccount({ id }) {
  const account = accounts.value?.find(({ name }) => name === id);
  const [send, busy, fault] = useSending();
  async function onSubmit(form) {
    const disabled = form.get("enabled") === null;
    if (!await send(`accounts/${part(id)}`, { ...given(form), disabled })) return;
    closeDialog();
    notice(say("account.changed", { name: id }));
    if (id === me.value.name) await recognise().catch(() => {}); // what one may do oneself may have changed
    loadAccounts();
  }
  return account && html`<${Box} heading=${say("account.change")} note=${id} onSubmit=${onSubmit} save=${say("account.save")} busy=${busy}>
    <${Fields} account=${account} />
    <label class="tick"><input type="checkbox" name="enabled" defaultChecked=${!account.disabled} />${say("account.may_log_in")}</label>
    <p class="quiet hint">${say("account.ends_sessions")}</p><${Fault} text=${fault} /><//>`;
}

export function ResetPassword({ id }) {
  const [send, busy, fault] = useSending();
  const password = useSignal("");
  async function onSubmit() {
    const answer = await send(`accounts/${part(id)}/password`);
    if (answer) password.value = answer.password;
  }
  if (password.value) return html`<${Made} key="made" name=${id} password=${password.value} />`;
  return html`<${Box} key="form" heading=${say("account.reset")} note=${id} onSubmit=${onSubmit} save=${say("account.reset")} busy=${busy}>
    <p>${say("account.reset_note")}</p><${Fault} text=${fault} /><//>`;
}

export function OwnPassword() {
  const [send, busy, fault] = useSending();
  const differ = useSignal(false);
  async function onSubmit(form) {
    differ.value = form.get("new") !== form.get("again");
    if (differ.value || !await send("password", { old: form.get("old"), new: form.get("new") })) return;
    closeDialog();
    notice(say("account.own_changed"), { grave: true });
    await recognise().catch(() => {}); // all sessions are over, this one too: the login comes
  }
  const field = (name, label, use) => html`<label>${say(label)}<input type="password" name=${name} required autocomplete=${use}
    minlength=${name === "old" ? undefined : LEAST} maxlength=${MOST} autofocus=${name === "old"} /></label>`;
  return html`<${Box} heading=${say("account.own_password")} note=${me.value.name} onSubmit=${onSubmit} save=${say("account.save")} busy=${busy}>
    ${field("old", "account.old", "current-password")}${field("new", "account.new", "new-password")}${field("again", "account.again", "new-password")}
    <p class="quiet hint">${say("account.own_note", { n: LEAST })}</p>
    <${Fault} text=${differ.value ? say("account.differ") : fault} /><//>`;
}
