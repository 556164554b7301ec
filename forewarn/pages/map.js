"use strict";
/* The map of every page: lines on a canvas, Web Mercator, no tiles, no network, no WebGL.
 *
 * `data` is {layers: [{key, label, colour, width, dash, arrows, entries, visible}],
 *            layer: [layer of each line], size: [vertices of each line],
 *            flag: [0 driven one way, 1 both ways, 2 an outline without direction],
 *            xy: [lon, lat, ... in millionths of a degree, each pair minus the one before]}.
 * A layer with the key "roads" also draws every other line, thin, so that roads stay visible when their
 * own layer is switched off.
 */
class RoadMap {
  constructor(canvas, data, { label = () => null, hover = () => {}, pick = () => {}, overlay = () => {} } = {}) {
    Object.assign(this, { canvas, layers: data.layers, lineLayer: data.layer, flag: data.flag });
    Object.assign(this, { label, hover, pick, overlay, selected: new Map() });
    this.context = canvas.getContext("2d");
    this.count = data.size.length;
    this.hidden = new Uint8Array(this.count);
    this.start = new Int32Array(this.count + 1);
    for (let i = 0; i < this.count; i++) this.start[i + 1] = this.start[i] + data.size[i];
    const n = this.start[this.count];
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    for (let i = 0, lon = 0, lat = 0; i < n; i++) {
      lon += data.xy[2 * i];
      lat += data.xy[2 * i + 1];
      this.x[i] = RoadMap.worldX(lon / 1e6);
      this.y[i] = RoadMap.worldY(lat / 1e6);
    }
    this.box = new Float64Array(4 * this.count);
    this.order = data.layers.map(() => []);
    const whole = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.count; i++) {
      const b = this.boxOf(i);
      this.box.set(b, 4 * i);
      this.order[this.lineLayer[i]].push(i);
      if (this.layers[this.lineLayer[i]].key !== "roads" || this.layers.length === 1) RoadMap.grow(whole, b);
    }
    if (whole[0] > whole[2]) for (let i = 0; i < this.count; i++) RoadMap.grow(whole, this.boxOf(i));
    this.whole = whole[0] > whole[2] ? [0, 0, 1, 1] : whole;
    this.makeGrid();
    this.listen();
    this.resize();
    this.fit(this.whole);
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  static worldX(lon) { return lon / 360 + 0.5; }
  static worldY(lat) {
    const s = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
  }
  static grow(into, b) {
    into[0] = Math.min(into[0], b[0]); into[1] = Math.min(into[1], b[1]);
    into[2] = Math.max(into[2], b[2]); into[3] = Math.max(into[3], b[3]);
  }
  boxOf(i) {
    const b = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = this.start[i]; k < this.start[i + 1]; k++) RoadMap.grow(b, [this.x[k], this.y[k], this.x[k], this.y[k]]);
    return b;
  }

  /* Cells that hold the lines whose pieces touch them: what the pointer is near is found without a search. */
  makeGrid() {
    const [x0, y0, x1, y1] = this.allBox();
    const side = Math.max(x1 - x0, y1 - y0) || 1e-6;
    this.cells = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(this.count * 4))));
    this.cell = side / this.cells;
    this.origin = [x0, y0];
    this.grid = new Map();
    for (let i = 0; i < this.count; i++) {
      for (let k = this.start[i]; k + 1 < this.start[i + 1]; k++) {
        const [a, b] = [this.cellOf(this.x[k], this.y[k]), this.cellOf(this.x[k + 1], this.y[k + 1])];
        for (let u = Math.min(a[0], b[0]); u <= Math.max(a[0], b[0]); u++) {
          for (let v = Math.min(a[1], b[1]); v <= Math.max(a[1], b[1]); v++) {
            const key = u * 100000 + v;
            const held = this.grid.get(key);
            if (!held) this.grid.set(key, [i]);
            else if (held[held.length - 1] !== i) held.push(i);
          }
        }
      }
    }
  }
  allBox() {
    const all = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.count; i++) RoadMap.grow(all, this.box.subarray(4 * i, 4 * i + 4));
    return all[0] > all[2] ? [0, 0, 1, 1] : all;
  }
  cellOf(x, y) {
    return [Math.floor((x - this.origin[0]) / this.cell), Math.floor((y - this.origin[1]) / this.cell)];
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.max(1, Math.round(this.width * ratio));
    this.canvas.height = Math.max(1, Math.round(this.height * ratio));
    this.ratio = ratio;
    this.redraw();
  }

  /* Show a box of world coordinates, never closer than about 250 m across. */
  fit([x0, y0, x1, y1], margin = 1.12) {
    this.cx = (x0 + x1) / 2;
    this.cy = (y0 + y1) / 2;
    const near = 250 / this.metresPerWorld();
    this.scale = Math.min(this.width / Math.max((x1 - x0) * margin, near), this.height / Math.max((y1 - y0) * margin, near));
    this.redraw();
  }
  fitLines(lines, margin = 1.6) {
    const b = [Infinity, Infinity, -Infinity, -Infinity];
    for (const i of lines) RoadMap.grow(b, this.box.subarray(4 * i, 4 * i + 4));
    if (b[0] <= b[2]) this.fit(b, margin);
  }
  centre(lon, lat) { this.cx = RoadMap.worldX(lon); this.cy = RoadMap.worldY(lat); this.redraw(); }
  metresPerWorld() { return 40075016.7 / Math.cosh(Math.PI * (1 - 2 * this.cy)); }
  metresPerPixel() { return this.metresPerWorld() / this.scale; }
  px(x) { return (x - this.cx) * this.scale + this.width / 2; }
  py(y) { return (y - this.cy) * this.scale + this.height / 2; }
  place(lon, lat) { return [this.px(RoadMap.worldX(lon)), this.py(RoadMap.worldY(lat))]; }
  seen(i, margin = 20) {
    const b = 4 * i;
    return !this.hidden[i] && this.px(this.box[b]) < this.width + margin && this.px(this.box[b + 2]) > -margin
      && this.py(this.box[b + 1]) < this.height + margin && this.py(this.box[b + 3]) > -margin;
  }

  redraw() {
    if (this.asked || this.scale === undefined) return;
    this.asked = true;
    requestAnimationFrame(() => { this.asked = false; this.draw(); });
  }

  draw() {
    const c = this.context;
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.clearRect(0, 0, this.width, this.height);
    c.lineJoin = c.lineCap = "round";
    const wide = Math.max(0.6, Math.min(2.4, 3 / Math.sqrt(this.metresPerPixel())));
    this.layers.forEach((layer, at) => {
      if (!layer.visible) return;
      const style = { colour: layer.colour, width: layer.width * wide, dash: layer.dash };
      if (layer.key === "roads") this.layers.forEach((_, other) => this.stroke(this.order[other], style));
      else this.stroke(this.order[at], style);
    });
    for (const [i, mark] of this.selected) {
      this.stroke([i], { colour: mark.colour, width: mark.width * wide, dash: null });
    }
    this.layers.forEach((layer, at) => {
      if (layer.visible && layer.arrows && this.metresPerPixel() < (layer.key === "roads" ? 2 : 6)) this.arrows(this.order[at], layer);
    });
    this.layers.forEach((layer, at) => { if (layer.visible && layer.entries) this.entries(this.order[at], layer); });
    this.names();
    this.overlay(this, c);
    this.scaleBar();
  }

  stroke(lines, { colour, width, dash }) {
    const c = this.context;
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.setLineDash(dash || []);
    c.beginPath();
    let held = 0;
    for (const i of lines) {
      if (!this.seen(i)) continue;
      const last = this.start[i + 1] - 1;
      let ax = this.px(this.x[this.start[i]]), ay = this.py(this.y[this.start[i]]);
      c.moveTo(ax, ay);
      for (let k = this.start[i] + 1; k <= last; k++) {
        const bx = this.px(this.x[k]), by = this.py(this.y[k]);
        if (k < last && Math.abs(bx - ax) + Math.abs(by - ay) < 1.2) continue;
        c.lineTo(bx, by);
        ax = bx; ay = by;
      }
      if (++held === 500) { c.stroke(); c.beginPath(); held = 0; }
    }
    c.stroke();
    c.setLineDash([]);
  }

  /* Small chevrons along a line, the first one half way to where the second would stand. */
  arrows(lines, { colour }) {
    const c = this.context, every = 90, size = 4;
    c.strokeStyle = colour;
    c.lineWidth = 1.6;
    c.beginPath();
    for (const i of lines) {
      if (this.flag[i] !== 0 || !this.seen(i, 0)) continue;
      let left = every / 2;
      const b = 4 * i;
      const reach = (this.box[b + 2] - this.box[b] + this.box[b + 3] - this.box[b + 1]) * this.scale;
      if (reach < every / 2) { if (reach < 14) continue; left = reach * 0.4; }
      for (let k = this.start[i]; k + 1 < this.start[i + 1]; k++) {
        const ax = this.px(this.x[k]), ay = this.py(this.y[k]);
        const dx = this.px(this.x[k + 1]) - ax, dy = this.py(this.y[k + 1]) - ay;
        const long = Math.hypot(dx, dy);
        if (long === 0) continue;
        const ux = dx / long, uy = dy / long;
        while (left <= long) {
          const x = ax + ux * left, y = ay + uy * left;
          left += every;
          if (x < 0 || y < 0 || x > this.width || y > this.height) continue;
          c.moveTo(x - size * (ux + uy), y - size * (uy - ux));
          c.lineTo(x + size * ux * 0.6, y + size * uy * 0.6);
          c.lineTo(x - size * (ux - uy), y - size * (uy + ux));
        }
        left -= long;
      }
    }
    c.stroke();
  }

  /* The first point of a segment: a dot from afar, a wedge in driving direction when near. */
  entries(lines, { colour }) {
    const c = this.context, near = this.metresPerPixel() < 12, r = near ? 9 : 2.6;
    c.fillStyle = colour;
    c.strokeStyle = "#fff";
    c.lineWidth = near ? 1.5 : 0.7;
    for (const i of lines) {
      if (!this.seen(i) || this.flag[i] === 2) continue;
      const k = this.start[i], x = this.px(this.x[k]), y = this.py(this.y[k]);
      c.beginPath();
      let far = k + 1;
      while (far + 1 < this.start[i + 1] && this.x[far] === this.x[k] && this.y[far] === this.y[k]) far++;
      const turn = Math.atan2(this.y[far] - this.y[k], this.x[far] - this.x[k]);
      if (near && this.flag[i] === 0) {
        for (const [out, angle] of [[r * 1.25, 0], [r, 2.5], [r * 0.35, Math.PI], [r, -2.5]]) {
          c.lineTo(x + out * Math.cos(turn + angle), y + out * Math.sin(turn + angle));
        }
        c.closePath();
      } else c.arc(x, y, near ? 5 : r, 0, 7);
      c.fill();
      c.stroke();
    }
  }

  names() {
    if (this.metresPerPixel() > 9) return;
    const c = this.context, taken = [];
    c.font = "12px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Micro Hei', sans-serif";
    c.textBaseline = "middle";
    c.lineWidth = 3.5;
    c.strokeStyle = "rgba(255,255,255,0.92)";
    this.layers.forEach((layer, at) => {
      if (!layer.visible || !layer.entries) return;
      c.fillStyle = layer.colour;
      for (const i of this.order[at]) {
        if (!this.seen(i, 0)) continue;
        let text = this.label(i);
        if (!text) continue;
        if (text.length > 28) text = text.slice(0, 27) + "…";
        const x = this.px(this.x[this.start[i]]) + 11, y = this.py(this.y[this.start[i]]);
        const wide = c.measureText(text).width;
        if (taken.some((t) => x < t[2] && x + wide > t[0] && Math.abs(y - t[1]) < 15)) continue;
        if (taken.length > 300) return;
        taken.push([x, y, x + wide]);
        c.strokeText(text, x, y);
        c.fillText(text, x, y);
      }
    });
  }

  scaleBar() {
    const c = this.context, per = this.metresPerPixel();
    const rough = per * 110, ten = 10 ** Math.floor(Math.log10(rough));
    const metres = [5, 2, 1].map((f) => f * ten).find((m) => m <= rough) || ten;
    const wide = metres / per, x = 14, y = this.height - 14;
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

  /* The line nearest to a pixel, within `reach` pixels, segments before others, roads last; -1 for none. */
  nearest(px, py, reach = 9) {
    const wx = (px - this.width / 2) / this.scale + this.cx, wy = (py - this.height / 2) / this.scale + this.cy;
    const r = reach / this.scale;
    const [u0, v0] = this.cellOf(wx - r, wy - r), [u1, v1] = this.cellOf(wx + r, wy + r);
    if ((u1 - u0 + 1) * (v1 - v0 + 1) > 4000) return -1;
    let best = -1, least = Infinity;
    for (let u = u0; u <= u1; u++) {
      for (let v = v0; v <= v1; v++) {
        for (const i of this.grid.get(u * 100000 + v) || []) {
          const layer = this.layers[this.lineLayer[i]];
          if (!layer.visible || this.hidden[i]) continue;
          const away = this.away(i, wx, wy) * this.scale;
          const rank = away + (layer.entries ? 0 : layer.key === "roads" ? reach : 2.5);
          if (away <= reach && rank < least) { least = rank; best = i; }
        }
      }
    }
    return best;
  }
  away(i, wx, wy) {
    let least = Infinity;
    for (let k = this.start[i]; k + 1 < this.start[i + 1]; k++) {
      const dx = this.x[k + 1] - this.x[k], dy = this.y[k + 1] - this.y[k];
      const long = dx * dx + dy * dy;
      const t = long ? Math.max(0, Math.min(1, ((wx - this.x[k]) * dx + (wy - this.y[k]) * dy) / long)) : 0;
      least = Math.min(least, Math.hypot(wx - this.x[k] - t * dx, wy - this.y[k] - t * dy));
    }
    return least;
  }

  zoom(factor, px, py) {
    const least = Math.min(this.width, this.height) / 3;
    const next = Math.max(least, Math.min(this.scale * factor, this.metresPerWorld() / 0.05));
    const dx = px - this.width / 2, dy = py - this.height / 2;
    this.cx += dx / this.scale - dx / next;
    this.cy += dy / this.scale - dy / next;
    this.scale = next;
    this.redraw();
  }

  listen() {
    const held = new Map();
    let moved = 0;
    const at = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 20 : 1;
      this.zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * 0.002), ...at(event));
    }, { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      held.set(event.pointerId, at(event));
      moved = 0;
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const now = at(event), before = held.get(event.pointerId);
      if (!before) { this.hover(this.nearest(...now), ...now); return; }
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      if (held.size === 1) {
        this.cx -= (now[0] - before[0]) / this.scale;
        this.cy -= (now[1] - before[1]) / this.scale;
      } else {
        const other = [...held].find(([id]) => id !== event.pointerId)[1];
        const apart = (p) => Math.max(1, Math.hypot(p[0] - other[0], p[1] - other[1]));
        this.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      }
      held.set(event.pointerId, now);
      this.hover(-1, 0, 0);
      this.redraw();
    });
    const up = (event) => {
      held.delete(event.pointerId);
      if (event.type === "pointerup" && moved < 5) this.pick(this.nearest(...at(event)), ...at(event));
    };
    this.canvas.addEventListener("pointerup", up);
    this.canvas.addEventListener("pointercancel", up);
    this.canvas.addEventListener("pointerleave", () => this.hover(-1, 0, 0));
    this.canvas.addEventListener("dblclick", (event) => this.zoom(2, ...at(event)));
    this.canvas.addEventListener("keydown", (event) => {
      const step = 80 / this.scale;
      const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      if (move) { this.cx += move[0]; this.cy += move[1]; this.redraw(); }
      else if (event.key === "+" || event.key === "=") this.zoom(1.5, this.width / 2, this.height / 2);
      else if (event.key === "-") this.zoom(1 / 1.5, this.width / 2, this.height / 2);
      else if (event.key === "0") this.fit(this.whole);
      else return;
      event.preventDefault();
    });
  }
}

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
