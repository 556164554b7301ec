"use strict";
/* What every page is put together from: elements, tooltip, legend, zoom buttons, the data block. */

/* A new element; text goes in as text, never as markup. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "style") Object.assign(made.style, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/* The tooltip beside the pointer: rows of [word, value], a heading first. */
function showTip(tip, stage, heading, rows, x, y) {
  tip.replaceChildren(element("b", {}, heading));
  for (const [word, value] of rows) tip.append(element("div", {}, element("span", {}, word), " ", String(value)));
  tip.hidden = false;
  tip.style.left = `${Math.max(4, Math.min(x + 14, stage.clientWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(4, Math.min(y + 14, stage.clientHeight - tip.offsetHeight - 8))}px`;
}

/* The legend: a switch for each layer that has a label. */
function makeLegend(list, map, counts) {
  map.layers.forEach((layer, at) => {
    if (!layer.label) return;
    const box = element("input", { type: "checkbox", checked: layer.visible ? "" : null });
    box.addEventListener("change", () => { layer.visible = box.checked; map.redraw(); });
    const swatch = element("i", {
      style: layer.dash
        ? { background: `repeating-linear-gradient(90deg, ${layer.colour} 0 6px, transparent 6px 10px)` }
        : { background: layer.colour },
    });
    const number = counts && counts[at] ? counts[at].toLocaleString("en") : "";
    list.append(element("li", {}, element("label", {}, box, swatch, element("span", {}, layer.label), element("em", {}, number))));
  });
}

function readData() { return JSON.parse(document.getElementById("data").textContent); }

/* The buttons beside the map; `all` is what the third one does. */
function makeZoom(map, all) {
  const by = (id) => document.getElementById(id);
  by("in").addEventListener("click", () => map.zoom(1.6, map.width / 2, map.height / 2));
  by("out").addEventListener("click", () => map.zoom(1 / 1.6, map.width / 2, map.height / 2));
  by("all").addEventListener("click", all);
}
