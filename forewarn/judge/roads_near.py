"""Whether something stands on the roads near a node: a signal within so many metres along an arm."""

from __future__ import annotations

import numpy as np

from forewarn.judge.network import Network


class RoadsNear:
    """All roads, either way, to look along from a node."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._at: dict[int, list[int]] = {}
        for edge, (one, two) in enumerate(zip(network.begin.tolist(), network.end.tolist(), strict=True)):
            self._at.setdefault(one, []).append(edge)
            self._at.setdefault(two, []).append(edge)

    def _through(self, node: int) -> list[int]:
        at = np.flatnonzero(self._network.node == node)
        return (np.searchsorted(self._network.start, at, side="right") - 1).tolist()

    def near(self, nodes: set[int], wanted: set[int], reach_m: float) -> bool:
        """Tell whether a wanted node lies within so many metres of road from one of the nodes."""
        if nodes & wanted:
            return True
        net = self._network
        best: dict[int, float] = {}
        for node in nodes:
            if node in self._at:
                best[node] = 0.0
                continue
            for edge in self._through(node):  # it lies within edges, at no end of any
                rows, along = net.node[net.start[edge] : net.start[edge + 1]], net.along(edge)
                off_m = np.abs(along - along[rows == node][0])
                if not wanted.isdisjoint(rows[off_m <= reach_m].tolist()):
                    return True
                for end, end_m in ((int(rows[0]), float(off_m[0])), (int(rows[-1]), float(off_m[-1]))):
                    if end_m < reach_m:
                        best[end] = min(best.get(end, reach_m), end_m)
        front = list(best)
        while front:
            node = front.pop()
            for edge in self._at.get(node, ()):
                rows, along = net.node[net.start[edge] : net.start[edge + 1]], net.along(edge)
                at_m = best[node] + (along if int(rows[0]) == node else along[-1] - along)
                if not wanted.isdisjoint(rows[at_m <= reach_m].tolist()):
                    return True
                far, end_m = int(rows[-1] if rows[0] == node else rows[0]), float(best[node] + along[-1])
                if end_m < best.get(far, reach_m):
                    best[far] = end_m
                    front.append(far)
        return False
