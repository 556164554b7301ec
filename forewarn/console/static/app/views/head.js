// The head of every view: where one is, whether the stream lives, sound, language, theme, account.
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { showMap } from "../keys.js";
import { link } from "../stream.js";
import { logout, me } from "../session.js";
import { isNarrow, mapShown, sound, switchTheme } from "../settings.js";
import { needsClick, silence, sounding, switchSound, wake } from "../sound.js";
import { unacknowledged } from "../state/alarms.js";
import { openDialog } from "../state/dialog.js";
import { load } from "../state/load.js";
import { at } from "../time.js";
import { say, switchLanguage } from "../words.js";
import { Icon } from "./icons.js";
import { Menu, Places } from "./menu.js";
import { Search } from "./search.js";

function Link() {
  const { state, since } = link.value;
  return html`<span class=${`link ${state}`} role="status" data-link=${state}>
    <i aria-hidden="true"></i>${say(`link.${state}`, { at: at(since, { seconds: true }) })}</span>`;
}

function Tool({ icon, label, onClick, pressed, text }) {
  return html`<button class="tool" title=${label} aria-label=${label} aria-pressed=${pressed} onClick=${onClick}>
    ${icon && html`<${Icon} name=${icon} />`}${text}</button>`;
}

const useTitle = (title) => useEffect(() => { document.title = title; }, [title]);

export function Head() {
  const { name, role, carrier } = me.value;
  useTitle(unacknowledged.value ? `(${unacknowledged.value}) Forewarn` : "Forewarn");
  return html`
    <header class="head">
      ${isNarrow.value && html`<${Menu} />`}
      <a class="brand" href="#/" aria-label="Forewarn"><img src="/static/icon.svg" alt="" width="24" height="24" /><span>Forewarn</span></a>
      ${!isNarrow.value && html`<${Places} />`}
      <${Search} />
      <${Link} />
      ${load.value?.simulated && html`<span class="simulated" title=${say("frame.simulated")}>${say("frame.simulated")}</span>`}
      <span class="gap"></span>
      ${sounding.value && html`<button class="silence" title=${say("sound.silence_note")} onClick=${silence}>
        <${Icon} name="mute" />${say("sound.silence")}</button>`}
      <${Tool} icon=${sound.value === "on" ? "sound" : "mute"} label=${say(`sound.${sound.value}`)}
        pressed=${sound.value === "on"} onClick=${switchSound} />
      <${Tool} icon="map" label=${say("frame.map")} pressed=${mapShown.value === "yes"} onClick=${showMap} />
      ${!isNarrow.value && html`<${Tool} icon="theme" label=${say("frame.theme")} onClick=${switchTheme} />
        <${Tool} text=${say("frame.language")} label=${say("frame.language")} onClick=${switchLanguage} />
        <${Tool} icon="help" label=${say("frame.help")} onClick=${() => openDialog("help")} />
        <button class="who" title=${say("frame.own", { name })} onClick=${() => openDialog("password")}>
          <b>${name}</b><small>${say(`role.${role}`)}${carrier ? ` · ${carrier}` : ""}</small></button>
        <${Tool} icon="out" label=${say("frame.logout")} onClick=${logout} />`}
    </header>
    ${link.value.state === "gone" && html`<p class="banner grave" role="alert">
      ${say("link.gone_long", { at: at(link.value.since, { seconds: true }) })}</p>`}
    ${needsClick.value && html`<button class="banner ask" onClick=${wake}><${Icon} name="mute" />${say("sound.click")}</button>`}`;
}
