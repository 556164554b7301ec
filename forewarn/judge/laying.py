"""Edges laid on ways, in compiled code: which way row each lies on, and which vertices of it it goes over."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

OFF_WAY_M: Final = 30.0
"""An end of an edge farther from its way than this is not on it: the map is another one."""
NODE_M: Final = 0.5
"""An end of an edge nearer to a node than this is that node: tables round to a tenth of a metre."""


@njit(cache=True, nogil=True)
def _lengths(nodes: NDArray[np.int64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the plane lengths along a way, by node."""
    along = np.zeros(nodes.size)
    for i in range(1, nodes.size):
        dx, dy = xy[nodes[i], 0] - xy[nodes[i - 1], 0], xy[nodes[i], 1] - xy[nodes[i - 1], 1]
        along[i] = along[i - 1] + np.hypot(dx, dy)
    return along


@njit(cache=True, nogil=True)
def _project(
    x: float, y: float, nodes: NDArray[np.int64], xy: NDArray[np.float64], along: NDArray[np.float64], slack: float
) -> tuple[NDArray[np.float64], float]:
    """Return where on a way a point may lie (lengths along it) and how far off the best of them is."""
    off = np.empty(nodes.size - 1)
    place = np.empty(nodes.size - 1)
    for i in range(nodes.size - 1):
        ax, ay = xy[nodes[i], 0], xy[nodes[i], 1]
        dx, dy = xy[nodes[i + 1], 0] - ax, xy[nodes[i + 1], 1] - ay
        square = dx * dx + dy * dy
        share = 0.0 if square == 0.0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
        off[i] = np.hypot(ax + share * dx - x, ay + share * dy - y)
        place[i] = along[i] + share * (along[i + 1] - along[i])
    best = off.min()
    return place[off <= best + slack], best


@njit(cache=True, nogil=True)
def choose(
    row_start: NDArray[np.int64],
    row_flat: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    scale: NDArray[np.float64],
    way_start: NDArray[np.int64],
    way_node: NDArray[np.int64],
    xy: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the way row that each edge lies on, of those that it may; -1 where it lies on none."""
    chosen = np.full(scale.size, -1, np.int64)
    for e in range(scale.size):
        least = 2.0 * OFF_WAY_M * scale[e]
        for at in range(row_start[e], row_start[e + 1]):
            row = row_flat[at]
            nodes = way_node[way_start[row] : way_start[row + 1]]
            along = _lengths(nodes, xy)
            _, one = _project(begin[e, 0], begin[e, 1], nodes, xy, along, 0.0)
            _, two = _project(end[e, 0], end[e, 1], nodes, xy, along, 0.0)
            if max(one, two) <= OFF_WAY_M * scale[e] and one + two < least:
                least = one + two
                chosen[e] = row
    return chosen


@njit(cache=True, nogil=True)
def lay(
    row: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    length: NDArray[np.float64],
    scale: NDArray[np.float64],
    way_start: NDArray[np.int64],
    way_node: NDArray[np.int64],
    xy: NDArray[np.float64],
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Lay each edge on its way: its vertices as places in ``way_node`` and shares of the step behind each.

    Place -1 and -2 stand for the begin and the end as given, where the edge lies on no way.
    """
    at = np.empty(most, np.int64)
    share = np.zeros(most)
    node = np.full(most, -1, np.int64)
    edge = np.empty(most, np.int64)
    n = 0
    for e in range(row.size):
        if row[e] < 0:
            at[n], at[n + 1] = -1, -2
            edge[n], edge[n + 1] = e, e
            n += 2
            continue
        low = way_start[row[e]]
        nodes = way_node[low : way_start[row[e] + 1]]
        along = _lengths(nodes, xy)
        whole = along[-1]
        closed = nodes[0] == nodes[-1]
        ones, _ = _project(begin[e, 0], begin[e, 1], nodes, xy, along, scale[e])
        twos, _ = _project(end[e, 0], end[e, 1], nodes, xy, along, scale[e])
        best, a, b, wraps = np.inf, 0.0, 0.0, False
        for one in ones:
            for two in twos:
                amiss = abs(abs(two - one) - length[e])
                if amiss < best:
                    best, a, b, wraps = amiss, one, two, False
                if closed and two < one:
                    amiss = abs(two - one + whole - length[e])
                    if amiss < best - scale[e]:
                        best, a, b, wraps = amiss, one, two, True
        stops = np.array([a, whole, 0.0, b]) if wraps else np.array([a, b])
        for part in range(0, stops.size, 2):
            n = _fill(at, share, node, edge, n, e, low, nodes, along, stops[part], stops[part + 1], scale[e])
    return at[:n], share[:n], node[:n], edge[:n]


@njit(cache=True, nogil=True)
def _fill(
    at: NDArray[np.int64],
    share: NDArray[np.float64],
    node: NDArray[np.int64],
    edge: NDArray[np.int64],
    n: int,
    e: int,
    low: int,
    nodes: NDArray[np.int64],
    along: NDArray[np.float64],
    a: float,
    b: float,
    scale: float,
) -> int:
    """Write the vertices from ``a`` to ``b`` along a way; return the count so far."""
    near = NODE_M * scale
    forward = b >= a
    first = np.searchsorted(along, min(a, b) - near)
    last = np.searchsorted(along, max(a, b) + near, side="right") - 1
    inner = np.arange(first, last + 1)
    ends = (a, b)
    for which in range(2):
        if which == 1:
            for k in range(inner.size):
                i = inner[k] if forward else inner[inner.size - 1 - k]
                at[n], share[n], node[n], edge[n] = low + i, 0.0, nodes[i], e
                n += 1
        place = ends[which]
        is_node = False
        for i in inner:
            is_node = is_node or abs(along[i] - place) <= near
        if not is_node:
            before = int(np.searchsorted(along, place, side="right")) - 1
            i = min(max(before, 0), nodes.size - 2)
            at[n], node[n], edge[n] = low + i, -1, e
            share[n] = (place - along[i]) / max(along[i + 1] - along[i], 1e-9)
            n += 1
    return n
