// The versions of the segments: what is in force, the drafts, and what was in force before.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { ApiError, get } from "../../api.js";
import { leaveDraft } from "../../edit/draft.js";
import { conflict } from "../../edit/sending.js";
import { aimed } from "../../edit/tools.js";
import { html } from "../../html.js";
import { to } from "../../route.js";
import { openDialog } from "../../state/dialog.js";
import { segmentsRevision } from "../../state/segments.js";
import { at } from "../../time.js";
import { say } from "../../words.js";
import { Sheet } from "../fetched.js";
import { Icon } from "../icons.js";
import { Conflict } from "./conflict.js";

/** {answer: {versions, live, more, outlet}, fault, again, older}: `older` reads on. */
function useVersions() {
  const answer = useSignal(null);
  const fault = useSignal("");
  const tries = useSignal(0);
  const read = async (before) => {
    try {
      const told = await get(`segment-versions${before === undefined ? "" : `?before=${before}`}`);
      const known = before === undefined ? [] : answer.value.versions;
      answer.value = { ...told, versions: [...known, ...told.versions] };
      fault.value = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.value = error.message;
    }
  };
  useEffect(() => { read(); }, [tries.value, segmentsRevision.value]);
  return { answer: answer.value, fault: fault.value, again: () => { tries.value += 1; }, older: () => read(answer.value.versions.at(-1).number) };
}

export const StatePill = ({ state }) => html`<span class=${`pill ${state}`}>${say(`version.${state}`)}</span>`;

function Version({ version, live, outlet }) {
  const { number, state, who, why, made_ms: made, live_ms: began } = version;
  const action = { draft: "version.go_on", live: "version.look", retired: "version.look" }[state];
  return html`<li class="version" data-version=${number}>
    <div class="version-name"><a href=${to("edit", number)}>${say("version.name", { n: number })}</a><${StatePill} state=${state} /></div>
    <div class="version-why"><b>${why}</b><small>${say("version.made", { who, at: at(made) })}${began !== null && state !== "draft"
      ? ` · ${say(state === "live" ? "version.since" : "version.was", { at: at(began) })}` : ""}</small></div>
    <div class="version-do">
      ${state === "retired" && html`<button onClick=${() => openDialog("publish", { version, live, outlet })}><${Icon} name="returned" />${say("version.back")}</button>`}
      <a class="button" href=${to("edit", number)}>${say(action)}</a>
    </div></li>`;
}

function Found({ answer, older, again }) {
  const of = (state) => answer.versions.filter((one) => one.state === state);
  const [live = null] = of("live");
  const list = (versions) => html`<ul class="versions">${versions.map((version) => html`<${Version} key=${version.number} version=${version} live=${live} outlet=${answer.outlet} />`)}</ul>`;
  return html`<div class="versions-body" tabindex="0" role="region" aria-label=${say("edit.title")}>
    <${Conflict} again=${again} />
    ${aimed.value && html`<p class="edit-note" role="status">${say("edit.aimed", aimed.value)}</p>`}
    <section class="block"><h2>${say("version.now")}</h2>
      ${live ? list([live]) : html`<p class="quiet">${say("version.none")}</p>`}</section>
    <section class="block"><div class="block-head"><h2>${say("version.drafts")} <small>${of("draft").length}</small></h2>
        <button class="main" onClick=${() => openDialog("begin")}><${Icon} name="plus" />${say("version.begin")}</button></div>
      ${of("draft").length ? list(of("draft")) : html`<p class="quiet">${say("version.no_drafts")} · ${say("version.begin_note")}</p>`}</section>
    ${(of("retired").length > 0 || answer.more) && html`<section class="block"><h2>${say("version.earlier")}</h2>${list(of("retired"))}
      ${answer.more && html`<p class="more"><button onClick=${older}>${say("version.more")}</button></p>`}</section>`}
  </div>`;
}

export function Versions() {
  const fetched = useVersions();
  useEffect(() => {
    leaveDraft();
    conflict.value = null;
  }, []);
  return html`<${Sheet} heading=${say("edit.title")} fetched=${fetched}><${Found} ...${fetched} /><//>`;
}
