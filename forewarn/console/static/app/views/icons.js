// Drawn signs. A priority has a shape and a figure of its own, so that colour is never the only sign.
import { html } from "../html.js";
import { priorityName } from "../tables.js";

const SHAPES = {
  1: "M8.2 2h7.6L22 8.2v7.6L15.8 22H8.2L2 15.8V8.2Z",
  2: "M12 2.2 23 21.4H1Z",
  3: "M12 2.5a9.5 9.5 0 1 1 0 19 9.5 9.5 0 0 1 0-19Z",
};

export function Badge({ priority, hollow, soft }) {
  const y = priority === 2 ? 19 : 16.6;
  return html`<svg class=${`badge p${priority} ${hollow ? "hollow" : "full"} ${soft ? "soft" : ""}`}
    viewBox="0 0 24 24" role="img" aria-label=${priorityName(priority)}>
    <path d=${SHAPES[priority] ?? SHAPES[3]} /><text x="12" y=${y}>${priority}</text></svg>`;
}

const PATHS = {
  unacknowledged: "M8 3v6M8 12.2v.3",
  acknowledged: "M3 8.5 6.5 12 13 4.5",
  returned: "M6 4 2.5 7.5 6 11M3 7.5h6.5a3.2 3.2 0 0 1 0 6.4H7",
  normal: "M3 8h10",
  shelved: "M5.5 3.5v9M10.5 3.5v9",
  suppressed: "M3.6 3.6l8.8 8.8M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2",
  out_of_service: "M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8",
  sound: "M3 6v4h2.5L9 13V3L5.5 6ZM11 5.5a3.5 3.5 0 0 1 0 5",
  mute: "M3 6v4h2.5L9 13V3L5.5 6ZM11 6l3.5 4M14.5 6 11 10",
  theme: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z",
  report: "M4 2h6l2.5 2.5V14H4ZM6.5 7h4M6.5 9.5h4M6.5 12h2.5",
  draw: "M2.5 13.5 3.3 10.4 11 2.7a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2L5.6 12.7ZM9.6 4.1l2.3 2.3",
  line: "M3 12.5 6.5 6l4 3.5L13 3.5M3 12.5h.01M13 3.5h.01",
  turn: "M3 5.5h8.5M9 3l2.5 2.5L9 8M13 10.5H4.5M7 8 4.5 10.5 7 13",
  target: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3M8 7.5v1M7.5 8h1",
  approach: "M8 13.5V6M4.8 8.2 8 5l3.2 3.2M4 2.5h8",
  bin: "M3.5 4.5h9M6.5 4.5V3h3v1.5M4.5 4.5l.6 9h5.8l.6-9",
  map: "M2 4.5 6 3l4 1.5L14 3v8.5L10 13l-4-1.5L2 13ZM6 3v8.5M10 4.5V13",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  list: "M2.5 3.5h1M6 3.5h7.5M2.5 8h1M6 8h7.5M2.5 12.5h1M6 12.5h7.5",
  road: "M5.5 2 2.5 14M10.5 2l3 12M8 3v2M8 7v2M8 11v2",
  journal: "M4 2h8.5v12H4ZM4 5H2.5M4 8H2.5M4 11H2.5M6.5 5.5h3.5M6.5 8.5h3.5",
  people: "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M1.5 13.5a4.5 4.5 0 0 1 9 0M10.5 3.3a2.5 2.5 0 0 1 0 4.4M12 9.7a4.5 4.5 0 0 1 2.5 3.8",
  key: "M5 8.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M7 9l6.5-6.5M11 5l2 2",
  language: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12",
  copy: "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
  download: "M8 2v8M4.5 6.8 8 10.2l3.5-3.4M2.5 13.5h11",
  help: "M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.2v.3",
  out: "M9.5 3H3v10h6.5M7 8h7M11.5 5.5 14 8l-2.5 2.5",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 14 14",
  back: "M10 3 5 8l5 5",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M6 3.5 10.5 8 6 12.5",
  truck: "M1.5 4h8v7h-8ZM9.5 6.5h3L14.5 9v2h-5M4.5 12.5a1.3 1.3 0 1 0 0-2.6 1.3 1.3 0 0 0 0 2.6M11.7 12.5a1.3 1.3 0 1 0 0-2.6 1.3 1.3 0 0 0 0 2.6",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  frame: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
};

export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
