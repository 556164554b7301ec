// Snapping to what is drawn: first to the entry that is led to, then to a line's points, then to the line.
const POINT_PX = 11;
const LINE_PX = 8;
const LAYERS = ["segments", "approaches", "decoys"];

const away = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** The point of the stretch from `a` to `b` that is nearest to `p`, in pixels. */
function foot(p, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return { x: a.x + t * dx, y: a.y + t * dy };
}

/** A function of terra-draw's: where a pointer snaps to, undefined for nowhere. `entry()` is a place or null, `lines(ids)` their coordinates. */
export function snapping(map, { entry, lines }) {
  const at = ([lon, lat]) => map.project([lon, lat]);
  return ({ containerX: x, containerY: y }) => {
    const pointer = { x, y };
    const first = entry();
    if (first && away(at(first), pointer) <= POINT_PX * 1.5) return first;
    const near = map.queryRenderedFeatures([[x - POINT_PX, y - POINT_PX], [x + POINT_PX, y + POINT_PX]], { layers: LAYERS });
    const found = lines(new Set(near.map(({ properties }) => properties.id)));
    let best = null;
    const take = (far, limit, place) => { if (far <= limit && (!best || far < best.far)) best = { far, place }; };
    for (const line of found) for (const place of line) take(away(at(place), pointer), POINT_PX, place);
    if (best) return best.place;
    for (const line of found) {
      const seen = line.map(at);
      for (let k = 1; k < seen.length; k += 1) {
        const nearest = foot(pointer, seen[k - 1], seen[k]);
        take(away(nearest, pointer), LINE_PX, nearest);
      }
    }
    return best ? map.unproject([best.place.x, best.place.y]).toArray() : undefined;
  };
}
