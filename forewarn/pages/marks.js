"use strict";
/* What a RoadMap draws beside its lines: directions, entries, names, the scale bar. */

/* Small chevrons along a line, the first one half way to where the second would stand. */
function drawArrows(map, lines, { colour }) {
  const c = map.context, every = 90, size = 4;
  c.strokeStyle = colour;
  c.lineWidth = 1.6;
  c.beginPath();
  for (const i of lines) {
    if (map.flag[i] !== 0 || !map.seen(i, 0)) continue;
    let left = every / 2;
    const b = 4 * i;
    const reach = (map.box[b + 2] - map.box[b] + map.box[b + 3] - map.box[b + 1]) * map.scale;
    if (reach < every / 2) { if (reach < 14) continue; left = reach * 0.4; }
    for (let k = map.start[i]; k + 1 < map.start[i + 1]; k++) {
      const ax = map.px(map.x[k]), ay = map.py(map.y[k]);
      const dx = map.px(map.x[k + 1]) - ax, dy = map.py(map.y[k + 1]) - ay;
      const long = Math.hypot(dx, dy);
      if (long === 0) continue;
      const ux = dx / long, uy = dy / long;
      while (left <= long) {
        const x = ax + ux * left, y = ay + uy * left;
        left += every;
        if (x < 0 || y < 0 || x > map.width || y > map.height) continue;
        c.moveTo(x - size * (ux + uy), y - size * (uy - ux));
        c.lineTo(x + size * ux * 0.6, y + size * uy * 0.6);
        c.lineTo(x - size * (ux - uy), y - size * (uy + ux));
      }
      left -= long;
    }
  }
  c.stroke();
}

/* The first point of a segment: a dot from afar, a wedge in driving direction when near. One path a layer. */
function drawEntries(map, lines, { colour }) {
  const c = map.context, near = map.metresPerPixel() < 8, r = near ? 9 : 2.6;
  c.fillStyle = colour;
  c.strokeStyle = "#fff";
  c.lineWidth = near ? 1.5 : 0.7;
  c.beginPath();
  for (const i of lines) {
    if (!map.seen(i) || map.flag[i] === 2) continue;
    const k = map.start[i], x = map.px(map.x[k]), y = map.py(map.y[k]);
    if (!near || map.flag[i] !== 0) {
      const wide = near ? 5 : r;
      c.moveTo(x + wide, y);
      c.arc(x, y, wide, 0, 7);
      continue;
    }
    let far = k + 1;
    while (far + 1 < map.start[i + 1] && map.x[far] === map.x[k] && map.y[far] === map.y[k]) far++;
    const turn = Math.atan2(map.y[far] - map.y[k], map.x[far] - map.x[k]);
    c.moveTo(x + r * 1.25 * Math.cos(turn), y + r * 1.25 * Math.sin(turn));
    for (const [out, angle] of [[r, 2.5], [r * 0.35, Math.PI], [r, -2.5]]) {
      c.lineTo(x + out * Math.cos(turn + angle), y + out * Math.sin(turn + angle));
    }
    c.closePath();
  }
  c.fill();
  c.stroke();
}

/* The names of segments at their entries, as far as they do not overlap. */
function drawNames(map) {
  if (map.metresPerPixel() > 5) return;
  const c = map.context, taken = [];
  c.font = "12px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Micro Hei', sans-serif";
  c.textBaseline = "middle";
  c.lineWidth = 3.5;
  c.strokeStyle = "rgba(255,255,255,0.92)";
  map.layers.forEach((layer, at) => {
    if (!layer.visible || !layer.entries) return;
    c.fillStyle = layer.colour;
    for (const i of map.order[at]) {
      if (!map.seen(i, 0)) continue;
      let text = map.label(i);
      if (!text) continue;
      if (text.length > 28) text = text.slice(0, 27) + "…";
      const x = map.px(map.x[map.start[i]]) + 11, y = map.py(map.y[map.start[i]]);
      const wide = c.measureText(text).width;
      if (taken.some((t) => x < t[2] && x + wide > t[0] && Math.abs(y - t[1]) < 15)) continue;
      if (taken.length > 300) return;
      taken.push([x, y, x + wide]);
      c.strokeText(text, x, y);
      c.fillText(text, x, y);
    }
  });
}

function drawScaleBar(map) {
  const c = map.context, per = map.metresPerPixel();
  const rough = per * 110, ten = 10 ** Math.floor(Math.log10(rough));
  const metres = [5, 2, 1].map((f) => f * ten).find((m) => m <= rough) || ten;
  const wide = metres / per, x = 14, y = map.height - 14;
  c.strokeStyle = "#222";
  c.fillStyle = "#222";
  c.lineWidth = 1.5;
  c.lineCap = "butt";
  c.beginPath();
  c.moveTo(x, y - 6); c.lineTo(x, y); c.lineTo(x + wide, y); c.lineTo(x + wide, y - 6);
  c.stroke();
  c.font = "12px system-ui, sans-serif";
  c.textBaseline = "alphabetic";
  c.fillText(metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, x + 5, y - 5);
}
