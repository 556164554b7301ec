// Who is there.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { ApiError } from "../api.js";
import { html } from "../html.js";
import { login, ways } from "../session.js";
import { switchTheme } from "../settings.js";
import { say, switchLanguage } from "../words.js";
import { Icon } from "./icons.js";

/** Why a login elsewhere came to nothing, by the name that the server sends back; the address keeps it no longer. */
function takeFault() {
  const [, name] = location.hash.match(/^#login=([a-z_]+)$/) ?? [];
  if (!name) return "";
  history.replaceState(null, "", location.pathname);
  const told = say(`login.oidc_${name}`);
  return told.startsWith("login.") ? say("login.failed") : told;
}

export function Login() {
  const fault = useSignal("");
  const busy = useSignal(false);
  const oidc = useSignal(null);

  useEffect(() => {
    fault.value = takeFault();
    ways().then((found) => { oidc.value = found.oidc; }, (error) => {
      // without a server there is no login at all, as trying one will say
      if (!(error instanceof ApiError)) throw error;
    });
  }, []);

  async function enter(event) {
    event.preventDefault();
    const { name, password } = event.currentTarget.elements;
    busy.value = true;
    fault.value = "";
    try {
      await login(name.value, password.value);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.value = { 0: say("act.offline"), 401: say("login.wrong"), 429: say("login.slow") }[error.status] ?? error.message;
      password.value = "";
      password.focus();
    } finally {
      busy.value = false;
    }
  }

  return html`<main class="login">
    <form onSubmit=${enter}>
      <h1><img src="/static/icon.svg" alt="" width="36" height="36" />Forewarn</h1>
      <p class="quiet">${say("login.about")}</p>
      <label>${say("login.name")}<input name="name" autocomplete="username" required autofocus maxlength="100" /></label>
      <label>${say("login.password")}<input name="password" type="password" autocomplete="current-password" required maxlength="1000" /></label>
      <p class="fault" role="alert">${fault.value}</p>
      <button class="main" disabled=${busy.value}>${say("login.enter")}</button>
      ${oidc.value && html`<a class="elsewhere" href=${oidc.value.address}>${say("login.elsewhere", { name: oidc.value.name })}</a>`}
    </form>
    <p class="login-switches">
      <button class="plain" onClick=${switchLanguage}>${say("frame.language")}</button>
      <button class="plain" onClick=${switchTheme}><${Icon} name="theme" />${say("frame.theme")}</button>
    </p>
  </main>`;
}
