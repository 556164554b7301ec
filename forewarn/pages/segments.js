"use strict";
/* The page of a segment file: the legend, the list with its search, and what a place is made of. */
(() => {
  const data = readData();
  const facts = data.features; // one a line of the map, in the same order; `brief` of segments only
  const by = (id) => document.getElementById(id);
  const stage = by("stage"), tip = by("tip");
  const kind = (i) => facts[i].brief || map.layers[data.map.layer[i]].label;
  const rows = (i) => {
    const shown = facts[i].rows.slice();
    for (const [segment, ahead, branch] of facts[i].leads || []) {
      const far = branch === null ? "" : `, last branch in ${branch} m`;
      shown.push(["leads to 通往", `${facts[segment].name} in ${ahead} m${far}`]);
      if (shown.length > 14) { shown.push(["", "…"]); break; }
    }
    for (const [segment, from] of facts[i].on || []) shown.push(["on 位于", `${facts[segment].name}, from ${from} m`]);
    return shown;
  };
  const map = new RoadMap(by("map"), data.map, {
    label: (i) => (facts[i].brief ? facts[i].name : null),
    hover: (i, x, y) => {
      if (i < 0) { tip.hidden = true; return; }
      showTip(tip, stage, facts[i].name, [["", kind(i)], ...rows(i)], x, y);
    },
    pick: (i) => choose(i, false),
  });
  window.forewarnMap = map;

  const segments = [];
  const waysIn = new Map(); // segment -> lines that lead to it
  facts.forEach((fact, i) => {
    if (fact.brief) segments.push(i);
    for (const [segment] of [...(fact.leads || []), ...(fact.on || [])]) {
      if (!waysIn.has(segment)) waysIn.set(segment, []);
      waysIn.get(segment).push(i);
    }
  });

  function choose(i, fly) {
    map.selected.clear();
    by("facts").hidden = i < 0;
    if (i >= 0) {
      const ways = facts[i].brief ? waysIn.get(i) || [] : [];
      for (const way of ways) map.selected.set(way, { colour: "#0b3d91", width: 2.4 });
      map.selected.set(i, { colour: "#111", width: 3.4 });
      by("facts").replaceChildren(element("b", {}, facts[i].name), element("div", {}, kind(i)));
      for (const [word, value] of [...rows(i), ...facts[i].more]) {
        by("facts").append(element("div", {}, element("span", {}, word), " ", String(value)));
      }
      if (facts[i].brief && !ways.length) {
        by("facts").append(element("div", { class: "warn" }, "nothing leads here: straight-line look-ahead 无引道"));
      }
      if (fly) map.fitLines([i, ...ways]);
    }
    for (const button of by("list").children) button.classList.toggle("on", Number(button.dataset.line) === i);
    map.redraw();
  }

  const sought = facts.map((fact) => (fact.brief ? `${fact.name} ${fact.brief} ${fact.rows.join(" ")}`.toLowerCase() : ""));
  const most = 400;
  function fill() {
    const words = by("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = segments.filter((i) => words.every((w) => sought[i].includes(w)));
    by("list").replaceChildren(...found.slice(0, most).map((i) => element(
      "button",
      { "data-line": i, onclick: () => choose(i, true), style: { borderLeftColor: map.layers[data.map.layer[i]].colour } },
      facts[i].name, element("small", {}, facts[i].brief),
    )));
    by("found").textContent = found.length > most
      ? `${found.length.toLocaleString("en")} found, the first ${most} listed 仅列出前 ${most} 个`
      : `${found.length.toLocaleString("en")} found 个路段`;
  }
  by("search").addEventListener("input", fill);
  makeLegend(by("legend"), map, data.counts);
  makeZoom(map, () => map.fit(map.whole));
  fill();
})();
