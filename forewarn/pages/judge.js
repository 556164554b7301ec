"use strict";
/* The page of the judge: choose a case, see it on a map of its own, and what the engine thought at each fix. */
(() => {
  const data = readData();
  const by = (id) => document.getElementById(id);
  const stage = by("stage"), tip = by("tip"), red = "#c92a2a";
  let map = null, legend = null;

  const cells = (row, tag = "td") => element("tr", {}, ...row.map((text) => element(tag, {}, text === null ? "–" : String(text))));
  const met = { true: "met 达到", false: "missed 未达到", null: "not judged 未评" };
  by("goals").append(...data.goals.map(([words, bound, figure, state]) => {
    const row = cells([words, bound, figure, met[state]]);
    row.className = state === null ? "" : state ? "met" : "missed";
    return row;
  }));
  by("kinds").append(cells(["", "found 提示到", "in time 及时", "wrong 错误", "idle 空提示 /100 km"], "th"), ...data.kinds.map((row) => cells(row)));

  function mark(c, x, y, colour, radius) {
    c.beginPath();
    c.arc(x, y, radius, 0, 7);
    c.fillStyle = colour;
    c.fill();
    c.strokeStyle = "#fff";
    c.lineWidth = 1.5;
    c.stroke();
  }
  function write(c, text, x, y, colour) {
    c.font = "12px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif";
    c.textBaseline = "middle";
    c.lineWidth = 3.5;
    c.strokeStyle = "rgba(255,255,255,0.92)";
    c.strokeText(text, x, y);
    c.fillStyle = colour;
    c.fillText(text, x, y);
  }
  function drawCase(one, m, c) {
    const taken = [];
    for (const [lon, lat, clock] of one.fixes) {
      const [x, y] = m.place(lon, lat);
      mark(c, x, y, "#212529", 4);
      if (taken.every(([u, v]) => Math.hypot(u - x, v - y) > 40)) { write(c, clock, x + 7, y + 9, "#212529"); taken.push([x, y]); }
    }
    for (const said of one.heard) {
      if (!said.place) continue;
      const [x, y] = m.place(...said.place);
      mark(c, x, y, said.spoken ? red : "#868e96", 6);
      write(c, said.text, x + 10, y - 10, said.spoken ? red : "#868e96");
    }
  }

  function show(n) {
    const one = data.cases[n];
    for (const [at, button] of [...by("list").children].entries()) button.classList.toggle("on", at === n);
    const fresh = by("map").cloneNode();  // a canvas of its own: the listeners of the last map go with the last canvas
    by("map").replaceWith(fresh);
    tip.hidden = true;
    map = new RoadMap(fresh, one.map, {
      label: (i) => one.names[i],
      hover: (i, x, y) => { if (i < 0) tip.hidden = true; else showTip(tip, stage, one.names[i] || "–", [], x, y); },
      overlay: (m, c) => drawCase(one, m, c),
    });
    window.forewarnMap = map;
    const world = ([west, south, east, north]) => [RoadMap.worldX(west), RoadMap.worldY(north), RoadMap.worldX(east), RoadMap.worldY(south)];
    by("all").onclick = () => map.fit(world(one.whole), 1.25);
    map.fit(world(one.close), 1.4);
    legend = element("ul", { class: "legend" });
    makeLegend(legend, map);
    const said = one.heard.map((s) => cells([s.at, s.text, s.form, s.about, s.became]));
    const heads = ["fix 定位", "to the case 相对", "km/h", "ahead m 前方", "weight 权重", "why 原因", "lines near 附近线路"];
    by("case").replaceChildren(
      element("div", { class: "beside" },
        element("div", {}, element("h2", {}, `${one.cause} (${one.of})`), element("table", { class: "facts-table" }, ...one.facts.map((row) => cells(row)))),
        element("div", {}, element("h2", {}, "Sentences 语音"), element("table", { class: "plain" }, cells(["at 时间", "said 内容", "form 形式", "about 路段", "became 结果"], "th"), ...said), legend)),
      element("h2", {}, "What the engine decided at each fix 每个定位点的判断"),
      element("table", { class: "plain" }, cells(heads, "th"), ...one.thoughts.map((row) => cells(row))));
  }
  by("in").addEventListener("click", () => map && map.zoom(1.6, map.width / 2, map.height / 2));
  by("out").addEventListener("click", () => map && map.zoom(1 / 1.6, map.width / 2, map.height / 2));
  data.cases.forEach((one, n) => {
    const place = one.facts[0][1];
    by("list").append(element("button", { onclick: () => show(n) }, one.cause, element("small", {}, `${place} · ${one.vehicle} · 1 of ${one.of}`)));
  });
  const asked = () => Math.max(0, Math.min(data.cases.length, Number(location.hash.slice(1)) || 1) - 1);
  window.addEventListener("hashchange", () => show(asked()));
  if (data.cases.length) show(asked());  // judge.html#3 opens at the third case
  else by("case").append(element("p", { class: "quiet" }, "Nothing was missed or wrong. 无遗漏或错误。"));
})();
