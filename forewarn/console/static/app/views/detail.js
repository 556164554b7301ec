// The chosen alarm: what is expected, what can be done, what has been done.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { act, done, possible, underway } from "../actions.js";
import { ApiError, get, part } from "../api.js";
import { html } from "../html.js";
import { to } from "../route.js";
import { may } from "../session.js";
import { mapShown } from "../settings.js";
import { selected } from "../state/alarms.js";
import { detailOpen, openDialog } from "../state/dialog.js";
import { response, title } from "../tables.js";
import { at, now, since, span } from "../time.js";
import { say } from "../words.js";
import { State, whoAndWhen } from "./alarm_row.js";
import { dispositionText, entryText } from "./entry_words.js";
import { factName, factText, placeOf, speedOf } from "./facts.js";
import { Badge, Icon } from "./icons.js";

const SETTLE_MS = 150; // whoever runs down the list by j asks for no journals on the way

function useStory(alarm) {
  const story = useSignal(null);
  const fault = useSignal("");
  useEffect(() => {
    if (story.value?.alarm.id !== alarm.id) story.value = null;
    let stale = false;
    const timer = setTimeout(async () => {
      try {
        const answer = await get(`alarms/${part(alarm.id)}`);
        if (!stale) [story.value, fault.value] = [answer, ""];
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!stale) fault.value = error.message;
      }
    }, SETTLE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [alarm.id, alarm.version, done.value]);
  return [story.value, fault.value];
}

function Actions({ alarm }) {
  if (!may("act")) return null;
  const busy = underway.value.has(alarm.id);
  const button = (action, key, run, main) => html`<button class=${main ? "main" : ""} data-act=${action}
    disabled=${busy || !possible(alarm, action)} onClick=${run}>${say(`act.${action}`)}<kbd>${key}</kbd></button>`;
  const asking = (name) => () => openDialog(name, alarm.id);
  if (alarm.state === "normal") return html`<div class="actions">${button("dispose", "d", asking("dispose"))}</div>`;
  return html`<div class="actions">
    ${button("acknowledge", "a", () => act(alarm.id, "acknowledge"), true)}
    ${alarm.state === "shelved" ? button("unshelve", "u", () => act(alarm.id, "unshelve")) : button("shelve", "s", asking("shelve"))}
    ${button("dispose", "d", asking("dispose"))}
    ${button("say", "t", asking("say"))}
    ${possible(alarm, "restore") && button("restore", "o", () => act(alarm.id, "restore"))}
    ${possible(alarm, "remove") && button("remove", "o", asking("remove"))}
  </div>`;
}

function Facts({ alarm }) {
  const { place, facts } = alarm;
  const all = [
    ["detail.raised", at(alarm.raised_at, { seconds: true })],
    alarm.count > 1 && ["detail.last", `${at(alarm.last_at, { seconds: true })} · ${say("detail.times", { n: alarm.count })}`],
    alarm.returned_at && ["detail.returned", at(alarm.returned_at, { seconds: true })],
    place && speedOf(alarm) && ["detail.speed", speedOf(alarm)],
    alarm.shelved_because && ["detail.shelved_because", alarm.shelved_because],
  ].filter(Boolean).map(([name, value]) => [say(name), value]);
  for (const [name, value] of Object.entries(facts ?? {})) {
    if (value !== null) all.push([factName(name), factText(name, value)]);
  }
  return html`<dl class="facts">${all.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Journal({ entries }) {
  if (!entries.length) return html`<p class="quiet">${say("detail.no_journal")}</p>`;
  return html`<ol class="journal">${[...entries].reverse().map((entry) => html`<li key=${entry.number}>
    <time>${at(entry.at, { seconds: true })}</time><div>${entryText(entry)}</div><i>${entry.who}</i></li>`)}</ol>`;
}

function Heard({ alerts, outcomes }) {
  const spoken = alerts.filter((alert) => alert.prompt);
  if (!spoken.length) return null;
  return html`<h3>${say("detail.outcomes")}</h3><ol class="journal">${spoken.map((alert) => {
    const found = outcomes.find((one) => one.alert_id === alert.id && one.seq === alert.seq);
    return html`<li key=${`${alert.id}/${alert.seq}`}><time>${at(alert.prompt.speak_at, { seconds: true })}</time>
      <div><span lang=${alert.prompt.language}>${alert.prompt.text}</span></div>
      <i>${say(found ? `outcome.${found.outcome}` : "outcome.none")}</i></li>`;
  })}</ol>`;
}

function Chosen({ alarm }) {
  const [story, fault] = useStory(alarm);
  function onMap() {
    mapShown.value = "yes";
    detailOpen.value = false;
  }
  return html`
    <header>
      <${Badge} priority=${alarm.priority} hollow=${alarm.state !== "unacknowledged"} />
      <div><h2>${title(alarm.kind)}</h2><p><${State} state=${alarm.state} />
        <span class="quiet">${whoAndWhen(alarm) || span(since(alarm.raised_at, now.value), say)}</span></p></div>
      <button class="plain shut" aria-label=${say("frame.close")} onClick=${() => { detailOpen.value = false; }}><${Icon} name="close" /></button>
    </header>
    <p class="subject"><a href=${to("vehicle", alarm.vehicle)}><${Icon} name="truck" />${alarm.vehicle}</a>
      <span>${alarm.driver ?? say("list.unknown_driver")}</span>${alarm.carrier && html`<span class="quiet">${alarm.carrier}</span>`}</p>
    <p class="subject">${alarm.segment_id ? html`<a href=${to("segment", alarm.segment_id)}>${placeOf(alarm)}</a>` : html`<span>${placeOf(alarm)}</span>`}
      ${alarm.place && html`<button class="plain" onClick=${onMap}><${Icon} name="map" />${say("act.map")}</button>`}</p>
    <div class="expected"><h3>${say("detail.response")}</h3><p>${response(alarm.kind)}</p></div>
    <${Actions} alarm=${alarm} />
    ${alarm.disposition && html`<p class="disposition"><b>${say("detail.disposition")}</b>${dispositionText(alarm.disposition)}
      <span class="quiet">${say("state.by", { who: alarm.disposition.by, at: at(alarm.disposition.at) })}</span></p>`}
    <h3>${say("detail.facts")}</h3><${Facts} alarm=${alarm} />
    ${story && html`<${Heard} alerts=${story.alerts ?? []} outcomes=${story.outcomes ?? []} />`}
    <h3>${say("detail.journal")}</h3>
    ${fault ? html`<p class="fault">${say("act.failed", { why: fault })}</p>`
      : story ? html`<${Journal} entries=${story.journal} />` : html`<p class="quiet">${say("frame.loading")}</p>`}`;
}

export function Detail() {
  const alarm = selected.value;
  return html`<section id="detail" class=${`detail ${alarm ? "" : "none"}`} tabindex="0" aria-label=${say("detail.title")}>
    ${alarm ? html`<${Chosen} key=${alarm.id} alarm=${alarm} />` : html`<p class="quiet">${say("detail.pick")}</p>`}
  </section>`;
}
