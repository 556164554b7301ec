"use strict";
/* Drag, wheel, pinch, click and keys on a RoadMap. */
function listenTo(map) {
  const held = new Map();
  let moved = 0;
  const at = (event) => {
    const box = map.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  map.canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1;
    map.zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * 0.002), ...at(event));
  }, { passive: false });
  map.canvas.addEventListener("pointerdown", (event) => {
    map.canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, at(event));
    moved = 0;
  });
  map.canvas.addEventListener("pointermove", (event) => {
    const now = at(event), before = held.get(event.pointerId);
    if (!before) { map.hover(map.nearest(...now), ...now); return; }
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    if (held.size === 1) {
      map.cx -= (now[0] - before[0]) / map.scale;
      map.cy -= (now[1] - before[1]) / map.scale;
    } else {
      const other = [...held].find(([id]) => id !== event.pointerId)[1];
      const apart = (p) => Math.max(1, Math.hypot(p[0] - other[0], p[1] - other[1]));
      map.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    held.set(event.pointerId, now);
    map.hover(-1, 0, 0);
    map.redraw();
  });
  const up = (event) => {
    held.delete(event.pointerId);
    if (event.type === "pointerup" && moved < 5) map.pick(map.nearest(...at(event)), ...at(event));
  };
  map.canvas.addEventListener("pointerup", up);
  map.canvas.addEventListener("pointercancel", up);
  map.canvas.addEventListener("pointerleave", () => map.hover(-1, 0, 0));
  map.canvas.addEventListener("dblclick", (event) => map.zoom(2, ...at(event)));
  map.canvas.addEventListener("keydown", (event) => {
    const step = 80 / map.scale;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) { map.cx += move[0]; map.cy += move[1]; map.redraw(); }
    else if (event.key === "+" || event.key === "=") map.zoom(1.5, map.width / 2, map.height / 2);
    else if (event.key === "-") map.zoom(1 / 1.5, map.width / 2, map.height / 2);
    else if (event.key === "0") map.fit(map.whole);
    else return;
    event.preventDefault();
  });
}
