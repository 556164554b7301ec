"use strict";
/* The page of a replay: choose a vehicle, see its drive, its prompts and episodes, its speed over time. */
(() => {
  const data = readData();
  const by = (id) => document.getElementById(id);
  const stage = by("stage"), tip = by("tip"), chart = by("chart");
  const colours = { prompt: "#c92a2a", speeding: "#f03e3e", fatigue: "#ae3ec9" };
  const kinds = { approach: "approach 临近", speeding: "speeding 超速", fatigue: "fatigue 疲劳驾驶" };
  const forms = { advisory: "advisory 告知", conditional: "conditional 预告", plain: "plain 提示", sharper: "sharper 警告", episode: "episode 违规" };
  const clock = (ms) => new Date(ms).toISOString().slice(11, 19);
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const kmh = (v) => (v === null || v === undefined ? "–" : `${Math.round(v)} km/h`);
  const span = (s) => (s >= 3600 ? `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min` : s >= 60 ? `${Math.round(s / 60)} min` : `${Math.round(s)} s`);
  const markup = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  for (const one of data.vehicles) {
    let now = one.from;
    one.time = Float64Array.from(one.step, (step) => (now += step));
    one.prompts = []; one.episodes = []; one.visits = [];
  }
  const linesOf = (one) => Array.from({ length: one.lines }, (_, n) => one.line + n);
  const named = new Map(data.vehicles.map((one) => [one.name, one]));
  const file = (rows, key) => rows.forEach((row) => { const one = named.get(row.vehicle); if (one) one[key].push(row); });
  file(data.prompts, "prompts"); file(data.episodes, "episodes"); file(data.visits, "visits");
  let chosen = null, marked = null, redoing = false, listening = false;
  const shownPrompts = () => (chosen ? chosen.prompts : data.prompts);
  const shownEpisodes = () => (chosen ? chosen.episodes : data.episodes);
  const indexAt = (one, time) => {
    let low = 0, high = one.time.length - 1;
    while (low < high) { const mid = (low + high + 1) >> 1; if (one.time[mid] <= time) low = mid; else high = mid - 1; }
    return low;
  };

  const promptRows = (p) => [
    ["vehicle 车辆", p.vehicle],
    ["spoken at 播报", `${clock(p.due)} UTC`],
    ["fix 定位", `${clock(p.at)} UTC, ${kmh(p.speed)}`],
    ...(p.segment ? [["place 路段", p.segment]] : []),
    ...(p.ahead !== null ? [["ahead 前方", `${Math.round(p.ahead)} m`]] : []),
    ...(p.limit !== null ? [["limit 限速", kmh(p.limit)]] : []),
    ["form 形式", `${kinds[p.kind] || p.kind}, ${forms[p.form] || p.form}`],
    ...(p.withdrawn !== null ? [["withdrawn 已撤回", p.withdrawn]] : []),
  ];
  const episodeRows = (e) => [
    ["vehicle 车辆", e.vehicle],
    ["from 开始", `${clock(e.from)} UTC`],
    ["to 结束", e.to === null ? "open at the end 未结束" : `${clock(e.to)} UTC (${span((e.to - e.from) / 1000)})`],
    ...(e.segment ? [["place 路段", e.segment]] : []),
    ...(e.limit !== null ? [["limit 限速", kmh(e.limit)]] : []),
    ...(e.worst !== null && e.worst !== undefined ? [["worst 最高", `${kmh(e.worst)}${e.over ? `, ${Math.round(e.over)} % over 超速` : ""}`]] : []),
    ...(e.driven ? [["driven 已驾驶", span(e.driven)]] : []),
    ["severity 等级", e.severity],
  ];

  const map = new RoadMap(by("map"), data.map, {
    label: (i) => (data.facts[i] ? data.facts[i].name : null),
    hover: (i, x, y) => {
      const p = i === -1 && !x ? null : promptAt(x, y);
      if (p) return showTip(tip, stage, p.text, promptRows(p), x, y);
      const e = episodeAt(x, y);
      if (e) return showTip(tip, stage, kinds[e.kind] || e.kind, episodeRows(e), x, y);
      if (i < 0) { tip.hidden = true; return undefined; }
      const one = vehicleOf.get(i);
      if (one) {
        const k = nearestVertex(i, x, y) - map.start[one.line];
        return showTip(tip, stage, one.name, [["time 时间", `${day(one.time[k])} ${clock(one.time[k])} UTC`], ["speed 车速", one.speed[k] < 0 ? "–" : kmh(one.speed[k] / 10)]], x, y);
      }
      const fact = data.facts[i];
      if (!fact) { tip.hidden = true; return undefined; }
      return showTip(tip, stage, fact.name, [["id", fact.id], ["limit 限速", kmh(fact.limit)], ["limit from 限速来源", fact.source || "–"]], x, y);
    },
    pick: (i, x, y) => { const p = promptAt(x, y); if (p) goTo(p, p.due); },
    overlay: (m, c) => drawMarks(m, c),
  });
  window.forewarnMap = map;
  const vehicleOf = new Map(data.vehicles.flatMap((one) => linesOf(one).map((line) => [line, one])));

  function nearestVertex(i, x, y) {
    let best = map.start[i], least = Infinity;
    for (let k = map.start[i]; k < map.start[i + 1]; k++) {
      const away = Math.hypot(map.px(map.x[k]) - x, map.py(map.y[k]) - y);
      if (away < least) { least = away; best = k; }
    }
    return best;
  }
  function promptAt(x, y) {
    let best = null, least = 11;
    for (const p of shownPrompts()) {
      const [px, py] = map.place(p.lon, p.lat);
      const away = Math.hypot(px - x, py - y);
      if (away < least) { least = away; best = p; }
    }
    return best;
  }
  function episodeAt(x, y) {
    for (const e of shownEpisodes()) {
      for (const k of episodePoints(e)) if (Math.hypot(map.px(map.x[k]) - x, map.py(map.y[k]) - y) < 8) return e;
    }
    return null;
  }
  function* episodePoints(e) {
    const one = named.get(e.vehicle);
    if (!one) return;
    const first = indexAt(one, e.from), last = e.to === null ? one.time.length - 1 : indexAt(one, e.to);
    for (let k = first; k <= last; k++) yield map.start[one.line] + k;
  }

  function drawMarks(m, c) {
    for (const e of shownEpisodes()) {
      c.strokeStyle = colours[e.kind] || "#e8590c";
      c.globalAlpha = e.kind === "fatigue" ? 0.4 : 0.85;
      c.lineWidth = e.kind === "fatigue" ? 9 : 5;
      c.beginPath();
      let n = 0;
      for (const k of episodePoints(e)) {
        const x = m.px(m.x[k]), y = m.py(m.y[k]);
        if (n++ === 0) { c.moveTo(x, y); c.lineTo(x + 0.1, y); } else c.lineTo(x, y);
      }
      c.stroke();
      c.globalAlpha = 1;
    }
    const shown = shownPrompts(), many = shown.length > 60 && m.metresPerPixel() > 6;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.font = "bold 10px system-ui, sans-serif";
    shown.forEach((p, n) => {
      const [x, y] = m.place(p.lon, p.lat);
      if (x < -20 || y < -20 || x > m.width + 20 || y > m.height + 20) return;
      c.beginPath();
      c.arc(x, y, many ? 4 : 9, 0, 7);
      c.fillStyle = p === marked ? "#111" : p.withdrawn !== null ? "#868e96" : colours[p.kind] || colours.prompt;
      c.fill();
      c.strokeStyle = "#fff";
      c.lineWidth = 1.5;
      c.stroke();
      if (!many) { c.fillStyle = "#fff"; c.fillText(String(n + 1), x, y + 0.5); }
    });
    if (marked && chosen && marked.time !== undefined) {
      const k = map.start[chosen.line] + indexAt(chosen, marked.time);
      c.beginPath();
      c.arc(m.px(m.x[k]), m.py(m.y[k]), 7, 0, 7);
      c.strokeStyle = "#111";
      c.lineWidth = 3;
      c.stroke();
    }
    c.textAlign = "start";
  }

  function goTo(p, time) {
    const one = named.get(p.vehicle);
    if (one && chosen !== one) { by("vehicle").value = String(data.vehicles.indexOf(one)); choose(one); }
    marked = p;
    if (p.lon !== undefined) map.centre(p.lon, p.lat);
    else if (one) { const k = map.start[one.line] + indexAt(one, time); map.cx = map.x[k]; map.cy = map.y[k]; }
    if (map.metresPerPixel() > 4) map.zoom(map.metresPerPixel() / 4, map.width / 2, map.height / 2);
    map.redraw();
    markList();
    if (one) Plotly.relayout(chart, { "xaxis.range": [time - 240000, time + 240000].map(stamp) });
  }
  function markList() {
    for (const button of document.querySelectorAll(".list button")) button.classList.toggle("on", button.item === marked);
  }

  const most = 500;
  function fillLists() {
    const button = (item, colour, heading, brief, time) => {
      const made = element("button", { style: { borderLeftColor: colour }, onclick: () => goTo(item, time) }, heading, element("small", {}, brief));
      made.item = item;
      return made;
    };
    const prompts = shownPrompts(), episodes = shownEpisodes();
    const who = (item) => (chosen ? "" : `${item.vehicle} · `);
    by("prompts").replaceChildren(...prompts.slice(0, most).map((p, n) => button(p, p.withdrawn !== null ? "#868e96" : colours[p.kind] || colours.prompt,
      `${n + 1}. ${p.text}`, `${who(p)}${clock(p.due)} · ${kmh(p.speed)} · ${forms[p.form] || p.form}${p.withdrawn !== null ? " · withdrawn 已撤回" : ""}`, p.due)));
    by("episodes").replaceChildren(...episodes.slice(0, most).map((e) => button(e, colours[e.kind] || "#e8590c",
      `${kinds[e.kind] || e.kind}${e.worst ? `: ${kmh(e.worst)}` : ""}${e.limit ? ` (limit 限速 ${Math.round(e.limit)})` : ""}`,
      `${who(e)}${clock(e.from)} – ${e.to === null ? "…" : clock(e.to)} · ${e.severity}${e.segment ? ` · ${e.segment}` : ""}`, e.from)));
    const count = (n) => (n > most ? `${n} (first ${most})` : n === 0 ? "none 无" : String(n));
    by("prompt-count").textContent = count(prompts.length);
    by("episode-count").textContent = count(episodes.length);
  }

  function choose(one) {
    chosen = one;
    marked = null;
    map.hidden = new Uint8Array(map.count);
    if (one) for (const other of data.vehicles) if (other !== one) for (const line of linesOf(other)) map.hidden[line] = 1;
    fillLists();
    drawChart();
    if (one) map.fitLines(linesOf(one), 1.15);
    else if (data.vehicles.length) map.fitLines(data.vehicles.flatMap(linesOf), 1.15);
    map.redraw();
  }

  /* At most about 4,000 points of a curve between two times: of each bucket the lowest and the highest. */
  function curve(one, from, to) {
    const first = Math.max(0, indexAt(one, from) - 1), last = Math.min(one.time.length - 1, indexAt(one, to) + 1);
    const step = Math.max(1, Math.ceil((last - first + 1) / 2000));
    const x = [], y = [];
    for (let k = first; k <= last; k += step) {
      let low = k, high = k;
      for (let j = k; j < Math.min(k + step, last + 1); j++) {
        if (one.speed[j] < one.speed[low]) low = j;
        if (one.speed[j] > one.speed[high]) high = j;
      }
      for (const j of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
        if (x.length && one.time[j] - x[x.length - 1] > 120000) { x.push(one.time[j] - 1); y.push(null); }
        x.push(one.time[j]);
        y.push(one.speed[j] < 0 ? null : one.speed[j] / 10);
      }
    }
    return [x.map(stamp), y];
  }
  const stamp = (ms) => new Date(ms).toISOString().replace("Z", "");

  function drawChart() {
    const one = chosen;
    chart.hidden = !one;
    by("chart-note").hidden = Boolean(one);
    if (!one) return;
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12, color: "#1d2530" };
    const layout = {
      margin: { l: 52, r: 16, t: 28, b: 34 }, font, hovermode: "closest", dragmode: "pan", showlegend: true,
      legend: { orientation: "h", x: 0, y: 1.14, font: { size: 12 } },
      xaxis: { type: "date", gridcolor: "#e9ecef", title: { text: "UTC", standoff: 2 } },
      yaxis: { title: { text: "km/h 车速" }, rangemode: "tozero", gridcolor: "#e9ecef", fixedrange: true },
      plot_bgcolor: "#fff", paper_bgcolor: "#fff", shapes: [],
    };
    const end = one.time[one.time.length - 1];
    for (const e of one.episodes) {
      layout.shapes.push({ type: "rect", xref: "x", yref: "paper", x0: stamp(e.from), x1: stamp(e.to === null ? end : Math.max(e.to, e.from + 2000)), y0: 0, y1: 1,
        fillcolor: colours[e.kind] || "#e8590c", opacity: e.kind === "fatigue" ? 0.1 : 0.22, line: { width: 0 }, layer: "below" });
    }
    const limit = { x: [], y: [], text: [] };
    const step = (from, to, value, text) => { limit.x.push(stamp(from), stamp(to), stamp(to)); limit.y.push(value, value, null); limit.text.push(text, text, ""); };
    for (const v of one.visits) if (v.limit) step(v.from, v.to === null ? end : v.to, v.limit, markup(`${v.name}: limit 限速 ${v.limit}`));
    for (const e of one.episodes) if (e.limit && e.kind === "speeding") step(e.from, e.to === null ? end : e.to, e.limit, markup(`limit 限速 ${e.limit}`));
    const speedAt = (time) => { const s = one.speed[indexAt(one, time)]; return s < 0 ? 0 : s / 10; };
    const [x, y] = curve(one, -Infinity, Infinity);
    const traces = [
      { x, y, name: "speed 车速", mode: "lines", line: { color: "#1864ab", width: 1.4 }, hovertemplate: "%{x|%H:%M:%S}  %{y:.0f} km/h<extra></extra>" },
      { ...limit, name: "limit 限速", mode: "lines", line: { color: "#e8590c", width: 2.5 }, hovertemplate: "%{text}<extra></extra>" },
      { x: one.prompts.map((p) => stamp(p.due)), y: one.prompts.map((p) => speedAt(p.due)), customdata: one.prompts.map((_, n) => n),
        text: one.prompts.map((p, n) => markup(`${n + 1}. ${p.text}`)), name: "prompt 提示", mode: "markers",
        marker: { color: one.prompts.map((p) => (p.withdrawn !== null ? "#868e96" : colours[p.kind] || colours.prompt)), size: 10, symbol: "triangle-down", line: { color: "#fff", width: 1 } },
        hovertemplate: "%{x|%H:%M:%S}  %{text}<extra></extra>" },
      { x: [null], y: [null], name: "speeding 超速", mode: "markers", marker: { color: colours.speeding, symbol: "square", opacity: 0.35, size: 12 } },
      { x: [null], y: [null], name: "fatigue 疲劳", mode: "markers", marker: { color: colours.fatigue, symbol: "square", opacity: 0.3, size: 12 } },
    ];
    Plotly.react(chart, traces, layout, { displaylogo: false, responsive: true, scrollZoom: true,
      modeBarButtons: [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]] });
    if (!listening) listenChart();
  }
  function listenChart() {
    listening = true;
    chart.on("plotly_relayout", (change) => {
      if (redoing || !chosen || chosen.time.length < 4000) return;
      const range = chart.layout.xaxis.range, all = change["xaxis.autorange"] || !range;
      const [x, y] = all ? curve(chosen, -Infinity, Infinity) : curve(chosen, Date.parse(`${range[0].replace(" ", "T")}Z`), Date.parse(`${range[1].replace(" ", "T")}Z`));
      redoing = true;
      Plotly.restyle(chart, { x: [x], y: [y] }, [0]).then(() => { redoing = false; });
    });
    chart.on("plotly_hover", (event) => {
      const time = Date.parse(`${String(event.points[0].x).replace(" ", "T")}Z`);
      if (chosen && Number.isFinite(time)) { marked = { time }; map.redraw(); }
    });
    chart.on("plotly_click", (event) => {
      const point = event.points.find((one) => one.curveNumber === 2);
      if (point && chosen) { const p = chosen.prompts[point.customdata]; goTo(p, p.due); }
    });
  }

  const ranked = data.vehicles.map((one, n) => [one, n]).sort((a, b) => b[0].prompts.length - a[0].prompts.length || b[0].episodes.length - a[0].episodes.length || a[1] - b[1]);
  if (data.vehicles.length !== 1) by("vehicle").append(element("option", { value: "" }, `All 全部 (${data.vehicles.length})`));
  for (const [one, n] of ranked) {
    by("vehicle").append(element("option", { value: n }, `${one.name}: ${one.prompts.length} prompts 提示, ${one.episodes.length} episodes 违规`));
  }
  by("vehicle").addEventListener("change", () => choose(by("vehicle").value === "" ? null : data.vehicles[Number(by("vehicle").value)]));
  by("summary").append(...data.summary.map(([word, value]) => element("tr", {}, element("td", {}, word), element("td", {}, value))));
  makeLegend(by("legend"), map);
  makeZoom(map, () => choose(chosen));
  const first = ranked.length ? ranked[0][0] : null;
  if (first) by("vehicle").value = String(data.vehicles.indexOf(first));
  choose(first);
})();
