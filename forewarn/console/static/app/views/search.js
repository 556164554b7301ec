// Find a vehicle or a segment, and open its page.
import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { go } from "../route.js";
import { fleet } from "../state/fleet.js";
import { segmentList } from "../state/segments.js";
import { say } from "../words.js";
import { Icon } from "./icons.js";

const MOST = 8;

function matches(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  const fits = (word) => word?.toLowerCase().includes(wanted);
  for (const one of fleet.values()) {
    if (found.length >= MOST) return found;
    if (fits(one.vehicle) || fits(one.driver)) found.push({ view: "vehicle", id: one.vehicle, text: one.vehicle, note: one.driver });
  }
  for (const { id, name } of segmentList.value) {
    if (found.length >= MOST) break;
    if (fits(id) || fits(name)) found.push({ view: "segment", id, text: name ?? id, note: say("frame.segment") });
  }
  return found;
}

export function Search() {
  const text = useSignal("");
  const at = useSignal(0);
  const found = matches(text.value);
  const chosen = Math.min(at.value, found.length - 1);

  function open(one) {
    text.value = "";
    document.activeElement?.blur();
    go(one.view, one.id);
  }
  function onKey(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) at.value = (chosen + step + found.length) % found.length;
    else if (event.key === "Enter" && found.length) open(found[chosen]);
    else if (event.key === "Escape") {
      text.value = "";
      event.currentTarget.blur();
    } else return;
    event.preventDefault();
  }

  return html`<div class="search">
    <${Icon} name="search" />
    <input id="search" type="search" role="combobox" aria-label=${say("frame.search")} placeholder=${say("frame.search")}
      aria-expanded=${text.value !== ""} aria-controls="found" aria-autocomplete="list" autocomplete="off" spellcheck=${false}
      aria-activedescendant=${found.length ? `found-${chosen}` : undefined} value=${text.value}
      onInput=${(event) => { text.value = event.currentTarget.value; at.value = 0; }} onKeyDown=${onKey} />
    <kbd aria-hidden="true">/</kbd>
    <div id="found" class="found" role="listbox" aria-label=${say("frame.search")} hidden=${text.value === ""}>
      ${found.map((one, k) => html`<div key=${`${one.view}${one.id}`} id=${`found-${k}`} role="option" aria-selected=${k === chosen}
        onPointerDown=${(event) => { event.preventDefault(); open(one); }}>${one.text}<small>${one.note}</small></div>`)}
      ${!found.length && html`<div role="option" aria-selected="false" aria-disabled="true" class="quiet">${say("frame.none_found")}</div>`}
    </div>
  </div>`;
}
