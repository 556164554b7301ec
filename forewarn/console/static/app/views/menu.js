// The ways to the views: in a row in the head, and where that is too narrow in a menu, with the switches.
import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { route, to } from "../route.js";
import { logout, may, me } from "../session.js";
import { switchTheme } from "../settings.js";
import { openDialog } from "../state/dialog.js";
import { say, switchLanguage } from "../words.js";
import { Icon } from "./icons.js";

/** Views to {name, icon, right, of}: `of` are those that belong to it. */
const PLACES = [
  { view: "", name: "list.title_short", icon: "list", of: ["", "alarm", "vehicle"] },
  { view: "segments", name: "segments.title", icon: "road", of: ["segments", "segment"] },
  { view: "edit", name: "edit.title_short", icon: "draw", of: ["edit"], right: "edit" },
  { view: "journal", name: "journal.title", icon: "journal", of: ["journal"] },
  { view: "report", name: "report.title", icon: "report", of: ["report"] },
  { view: "accounts", name: "account.title", icon: "people", of: ["accounts"], right: "administer" },
];

export function Places({ onGo }) {
  return html`<nav class="places" aria-label=${say("frame.views")}>
    ${PLACES.filter(({ right }) => !right || may(right)).map(({ view, name, icon, of }) => html`<a key=${view} href=${to(view)}
      aria-current=${of.includes(route.value.view) ? "page" : undefined} onClick=${onGo}><${Icon} name=${icon} /><span>${say(name)}</span></a>`)}</nav>`;
}

export function Menu() {
  const box = useRef(null);
  const close = () => box.current.hidePopover();
  const item = (icon, name, run) => html`<button onClick=${() => { close(); run(); }}><${Icon} name=${icon} /><span>${say(name)}</span></button>`;
  return html`<button class="tool" aria-label=${say("frame.menu")} title=${say("frame.menu")} popovertarget="menu"><${Icon} name="menu" /></button>
    <div id="menu" popover ref=${box}><p class="menu-who"><b>${me.value.name}</b><small>${say(`role.${me.value.role}`)}${me.value.carrier ? ` · ${me.value.carrier}` : ""}</small></p>
      <${Places} onGo=${close} />
      <div class="menu-tools">
      ${item("theme", "frame.theme", switchTheme)}${item("language", "frame.language", switchLanguage)}${item("help", "frame.help", () => openDialog("help"))}
      ${item("key", "account.own_password", () => openDialog("password"))}${item("out", "frame.logout", logout)}</div></div>`;
}
