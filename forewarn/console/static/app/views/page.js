// The whole page: the login, or the frame with one view in it.
import { html } from "../html.js";
import { me } from "../session.js";
import { route } from "../route.js";
import { tables } from "../tables.js";
import { spoken } from "../state/notices.js";
import { say } from "../words.js";
import { AccountsPage } from "./accounts_page.js";
import { Desk } from "./desk.js";
import { EditView } from "./edit/view.js";
import { Dialogs } from "./dialogs.js";
import { Head } from "./head.js";
import { JournalPage } from "./journal_page.js";
import { Login } from "./login.js";
import { LoadStrip, Prompts } from "./load_strip.js";
import { Notices } from "./notices.js";
import { ReportPage } from "./report_page.js";
import { SegmentPage } from "./segment_page.js";
import { SegmentsPage } from "./segments_page.js";
import { VehiclePage } from "./vehicle_page.js";

/** Views that are about nothing in particular. */
const WHOLE = { report: ReportPage, segments: SegmentsPage, journal: JournalPage, accounts: AccountsPage };

function View() {
  const { view, id } = route.value;
  if (view === "vehicle") return html`<${VehiclePage} key=${id} id=${id} />`;
  if (view === "segment") return html`<${SegmentPage} key=${id} id=${id} />`;
  const Whole = WHOLE[view];
  if (Whole) return html`<${Whole} />`;
  if (view === "edit") return html`<${EditView} key=${id} number=${id} />`;
  return html`<${Desk} alarm=${view === "alarm" ? id : null} />`;
}

export function Page() {
  if (me.value === null) return html`<${Login} /><${Notices} />`;
  if (me.value === undefined || tables.value === null) return html`<p class="boot">${say("frame.loading")}</p>`;
  return html`
    <${Head} />
    <${LoadStrip} />
    <${View} />
    <${Prompts} />
    <${Dialogs} />
    <${Notices} />
    <div class="unseen" aria-live="assertive">${spoken.value}</div>`;
}
