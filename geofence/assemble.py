"""From features without faults to the lines: own geometry, reversed copies, stand-ins seen straight ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geofence.document import Properties
from geofence.lines import APPROACH, DECOY, SEGMENT, SIGHT, Lines
from geofence.relations import REVERSED, SEEN, Relations
from geofence.shapes import Shapes

SAME_M: Final = 0.5
"""Lines that start or end within so many metres of a segment's first or last are its first or last, metres."""
SAME_DEG: Final = 1e-6
"""Vertices within about so many degrees (0.1 m) are one junction, for the copies of two-way lines."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A many-to-many relation: for each key the values, as offsets and a flat array."""

    start: NDArray[np.int64]
    value: NDArray[np.int64]

    @classmethod
    def of(cls, key: NDArray[np.int64], value: NDArray[np.int64], keys: int) -> _Pairs:
        order = np.argsort(key, kind="stable")
        return cls(np.searchsorted(key[order], np.arange(keys + 1)), value[order])

    def join(self, key: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (value, other) for every value of each key, ``other`` being carried along."""
        count = self.start[key + 1] - self.start[key]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return self.value[np.repeat(self.start[key], count) + within], np.repeat(other, count)


def lines_of(properties: list[Properties], shapes: Shapes, relations: Relations) -> Lines:
    """Return the lines of a file: one a feature (a segment made of others' lines has none), in the file's order, then
    the reversed copies, then the stand-ins of role SIGHT."""
    n = len(properties)
    segment_feature = np.flatnonzero(relations.segment >= 0)
    made = np.zeros(segment_feature.size, np.bool_)
    made[relations.on_segment] = True
    has_line = np.ones(n, np.bool_)
    has_line[segment_feature[made]] = False
    feature = np.flatnonzero(has_line)
    line_of = np.cumsum(has_line) - 1
    own = np.flatnonzero(relations.segment[feature] >= 0)
    length_m = shapes.length_m[feature]
    segment_m = shapes.length_m[segment_feature]

    on_line = np.concatenate([line_of[relations.on_from], own])
    on_segment = np.concatenate([relations.on_segment, relations.segment[feature[own]]])
    on_from_m = np.concatenate([relations.on_from_m, np.zeros(own.size)])
    firsts, lasts = _ends(on_line, on_segment, on_from_m, length_m, segment_m.size)
    next_from, next_to = _next(relations, feature, firsts, lasts, segment_feature)

    two_way = np.array([bool(p.two_way) for p in properties], np.bool_)
    both = two_way[segment_feature] & ~shapes.is_point[segment_feature]
    turned = two_way[feature] & ~shapes.is_point[feature]
    turned[on_line[both[on_segment]]] = True
    copied = np.flatnonzero(turned)
    copy_of = np.full(feature.size, -1)
    copy_of[copied] = feature.size + np.arange(copied.size)
    back = both[on_segment]
    back_from_m = segment_m[on_segment] - on_from_m - length_m[on_line]

    unled = np.ones(segment_feature.size, np.bool_)
    unled[relations.lead_segment] = False
    seen = np.concatenate([np.flatnonzero(unled), np.flatnonzero(unled & both)])
    forth = np.arange(seen.size) < unled.sum()
    entered = [firsts.join(seen[forth], np.flatnonzero(forth)), lasts.join(seen[~forth], np.flatnonzero(~forth))]
    first_sight = feature.size + copied.size
    all_from = [next_from, *(at + first_sight for _, at in entered)]
    all_to = [next_to, entered[0][0], copy_of[entered[1][0]]]

    vertex_start, lon, lat = _vertices(shapes, feature, copied, segment_feature[seen], forth)
    if copied.size:
        joined = _joined(vertex_start[: first_sight + 1], lon, lat, copy_of, copied, next_from, next_to)
        all_from.append(joined[0])
        all_to.append(joined[1])
    total = first_sight + seen.size
    key = np.sort(np.concatenate(all_from) * max(total, 1) + np.concatenate(all_to))
    link_from, link_to = np.divmod(key[np.diff(key, prepend=-1) > 0], max(total, 1))

    on = _csr(
        np.concatenate([on_line, copy_of[on_line[back]]]),
        total,
        np.concatenate([on_segment, on_segment[back]]).astype(np.int32),
        np.concatenate([on_from_m, np.maximum(back_from_m[back], 0.0)]),
    )
    lead = _csr(
        np.concatenate([line_of[relations.lead_from], first_sight + np.arange(seen.size)]),
        total,
        np.concatenate([relations.lead_segment, seen]).astype(np.int32),
        np.concatenate([relations.lead_ahead_m, np.zeros(seen.size)]),
        np.concatenate([relations.lead_branch_m, np.full(seen.size, np.nan)]),
        np.concatenate([relations.lead_turns, np.zeros(seen.size, np.int32)]),
    )
    role = np.where(np.diff(on[0]) > 0, SEGMENT, np.where(np.diff(lead[0]) > 0, APPROACH, DECOY)).astype(np.int8)
    role[first_sight:] = SIGHT
    names = [p.id or "" for p in properties]
    ids = [names[f] for f in feature.tolist()]
    ids += [names[f] + REVERSED for f in feature[copied].tolist()]
    ids += [
        names[f] + ("" if ahead else REVERSED) + SEEN
        for f, ahead in zip(segment_feature[seen].tolist(), forth.tolist(), strict=True)
    ]
    return Lines(
        ids=tuple(ids),
        role=role,
        length_m=np.concatenate([length_m, length_m[copied], np.zeros(seen.size)]),
        vertex_start=vertex_start.astype(np.int32),
        lon=lon,
        lat=lat,
        next_start=np.searchsorted(link_from, np.arange(total + 1)).astype(np.int32),
        next_line=link_to.astype(np.int32),
        on_start=on[0],
        on_segment=on[1],
        on_from_m=on[2],
        lead_start=lead[0],
        lead_segment=lead[1],
        lead_ahead_m=lead[2],
        lead_branch_m=lead[3],
        lead_turns=lead[4],
    )


def _ends(
    on_line: NDArray[np.int64],
    on_segment: NDArray[np.int64],
    on_from_m: NDArray[np.float64],
    length_m: NDArray[np.float64],
    segments: int,
) -> tuple[_Pairs, _Pairs]:
    """Return for each segment the lines at its entry and those at its end."""
    until_m = on_from_m + length_m[on_line]
    first_m, last_m = np.full(segments, np.inf), np.full(segments, -np.inf)
    np.minimum.at(first_m, on_segment, on_from_m)
    np.maximum.at(last_m, on_segment, until_m)
    at_entry = on_from_m <= first_m[on_segment] + SAME_M
    at_end = until_m >= last_m[on_segment] - SAME_M
    return (
        _Pairs.of(on_segment[at_entry], on_line[at_entry], segments),
        _Pairs.of(on_segment[at_end], on_line[at_end], segments),
    )


def _next(
    relations: Relations,
    feature: NDArray[np.int64],
    firsts: _Pairs,
    lasts: _Pairs,
    segment_feature: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ``next`` from line to line: a segment stands for its last lines as owner, for its first ones as target."""
    n = relations.segment.size
    of_line = np.flatnonzero(relations.segment[feature] < 0)

    def ends(pairs: _Pairs) -> _Pairs:
        owner = np.repeat(segment_feature, np.diff(pairs.start))
        key = np.concatenate([feature[of_line], owner])
        return _Pairs.of(key, np.concatenate([of_line, pairs.value]), n)

    to, carried = ends(firsts).join(relations.next_to, relations.next_from)
    return ends(lasts).join(carried, to)


def _vertices(
    shapes: Shapes,
    feature: NDArray[np.int64],
    copied: NDArray[np.int64],
    seen: NDArray[np.int64],
    forth: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return offsets and vertices: of the lines, of their reversed copies, and entry and direction of each stand-in."""
    first, count = shapes.start[:-1], np.diff(shapes.start)
    all_first = np.concatenate([first[feature], (first + count - 1)[feature[copied]]])
    all_count = np.concatenate([count[feature], count[feature[copied]]])
    sign = np.where(np.arange(all_first.size) < feature.size, 1, -1)
    within = np.arange(all_count.sum()) - np.repeat(np.cumsum(all_count) - all_count, all_count)
    at = np.repeat(all_first, all_count) + within * np.repeat(sign, all_count)
    entry = np.where(forth, first[seen], first[seen] + count[seen] - 1)
    at = np.concatenate([at, np.column_stack([entry, entry + np.where(forth, 1, -1)]).ravel()])
    start = np.concatenate([[0], np.cumsum(np.append(all_count, np.full(seen.size, 2)))])
    return start, shapes.lon[at], shapes.lat[at]


def _joined(
    vertex_start: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    copy_of: NDArray[np.int64],
    copied: NDArray[np.int64],
    next_from: NDArray[np.int64],
    next_to: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what one drives on to from reversed copies, and onto them: where one line ends and another starts at one
    junction, or where the file says that their originals follow each other; never back the way one came."""
    n = vertex_start.size - 1
    origin = np.concatenate([np.arange(copy_of.size), copied])
    at = np.concatenate([vertex_start[:-1], vertex_start[1:] - 1])
    east = np.round(lon[at] / SAME_DEG).astype(np.int64) % 360_000_000
    node = np.unique(east << 32 | np.round((lat[at] + 90.0) / SAME_DEG).astype(np.int64), return_inverse=True)[1]
    begins, ends = node[:n], node[n:]
    at_node = _Pairs.of(begins, np.arange(n), int(node.max()) + 1)
    to, come = at_node.join(ends, np.arange(n))
    wanted = ((to >= copy_of.size) | (come >= copy_of.size)) & (origin[to] != origin[come])
    follows = (copy_of[next_from] >= 0) & (copy_of[next_to] >= 0)
    return (
        np.concatenate([come[wanted], copy_of[next_to[follows]]]),
        np.concatenate([to[wanted], copy_of[next_from[follows]]]),
    )


def _csr(owner: NDArray[np.int64], owners: int, *columns: NDArray[np.generic]) -> tuple[Any, ...]:
    """Return offsets by owner and the columns in that order."""
    order = np.argsort(owner, kind="stable")
    start = np.searchsorted(owner[order], np.arange(owners + 1)).astype(np.int32)
    return start, *(column[order] for column in columns)
