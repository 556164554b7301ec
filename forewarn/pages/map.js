"use strict";
/* The map of every page: lines on a canvas, Web Mercator, no tiles, no network, no WebGL.
 *
 * `data` is {layers: [{key, label, colour, width, dash, arrows, entries, visible}],
 *            layer: [layer of each line], size: [vertices of each line],
 *            flag: [0 driven one way, 1 both ways, 2 an outline without direction],
 *            xy: [lon, lat, ... in millionths of a degree, each pair minus the one before]}.
 * A layer with the key "roads" also draws, thin, the lines of layers that are switched off.
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
    listenTo(this);
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

  /* Setting a canvas' size clears it: only where the size changed, and drawn again at once. */
  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.ratio = ratio;
    const wide = Math.max(1, Math.round(this.width * ratio)), high = Math.max(1, Math.round(this.height * ratio));
    if (this.canvas.width === wide && this.canvas.height === high) return;
    this.canvas.width = wide;
    this.canvas.height = high;
    if (this.scale !== undefined) this.draw();
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
      this.stroke(this.order[at], style);
      if (layer.key !== "roads") return;
      this.layers.forEach((other, k) => { if (!other.visible) this.stroke(this.order[k], style); });
    });
    for (const [i, mark] of this.selected) {
      this.stroke([i], { colour: mark.colour, width: mark.width * wide, dash: null });
    }
    this.layers.forEach((layer, at) => {
      if (layer.visible && layer.arrows && this.metresPerPixel() < (layer.key === "roads" ? 2 : 6)) drawArrows(this, this.order[at], layer);
    });
    this.layers.forEach((layer, at) => { if (layer.visible && layer.entries) drawEntries(this, this.order[at], layer); });
    drawNames(this);
    this.overlay(this, c);
    drawScaleBar(this);
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
}
