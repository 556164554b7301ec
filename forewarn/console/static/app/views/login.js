// Who is there.
import { useSignal } from "@preact/signals";
import { ApiError } from "../api.js";
import { html } from "../html.js";
import { login } from "../session.js";
import { switchTheme } from "../settings.js";
import { say, switchLanguage } from "../words.js";
import { Icon } from "./icons.js";

export function Login() {
  const fault = useSignal("");
  const busy = useSignal(false);

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
    </form>
    <p class="login-switches">
      <button class="plain" onClick=${switchLanguage}>${say("frame.language")}</button>
      <button class="plain" onClick=${switchTheme}><${Icon} name="theme" />${say("frame.theme")}</button>
    </p>
  </main>`;
}
