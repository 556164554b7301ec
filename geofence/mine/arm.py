"""The arms of a junction: its ways in and out put together road by road, the two carriageways of one road as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geofence.mine.junction import ROADS, Junction
from geofence.mine.network import Network

CARRIAGEWAYS_DEG: Final = 60.0
"""A one-way in and a one-way out that leave a junction this close in course are the two carriageways of a road."""
COUPLET_DEG: Final = 75.0
"""A road that splits into two one-way streets less far apart than this only divides: nobody crosses anybody."""
MERGE_DEG: Final = 45.0
"""One-way roads that meet at a smaller angle merge: nobody crosses anybody."""
BACK_DEG: Final = 30.0
"""Nobody drives from one arm to another less far apart than this: it would be a turn back."""
REACH_M: Final = 30.0
"""Courses are taken over this length, so that the curve at a corner does not count."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One road as it reaches a junction."""

    way_in: int
    """The edge that leads in; -1 where none does."""
    way_out: int
    """The edge that leads out; -1 where none does."""
    bearing_deg: float
    """Where the arm lies as seen from the junction, degrees clockwise from north."""
    code: int
    """Code of its road class, links as their road: see ``CODE``."""

    @property
    def two_way(self) -> bool:
        """True where one may drive in and out by this arm."""
        return self.way_in >= 0 and self.way_out >= 0


def arms_of(network: Network, junction: Junction) -> list[Arm]:
    """Return the classified roads, links excepted, that reach a junction."""
    out = [edge for edge in junction.ways_out if _counts(network, edge)]
    arms: list[Arm] = []
    single: list[Arm] = []
    for edge in junction.ways_in:
        if not _counts(network, edge):
            continue
        twin = int(network.edge_twin[edge])
        bearing = (network.heading_deg(edge, end=True, reach_m=REACH_M) + 180.0) % 360.0
        arm = Arm(edge, twin if twin in out else -1, bearing, int(network.edge_class[edge]))
        (arms if arm.two_way else single).append(arm)
    paired = {arm.way_out for arm in arms}
    leaving = [
        Arm(-1, edge, network.heading_deg(edge, end=False, reach_m=REACH_M), int(network.edge_class[edge]))
        for edge in out
        if edge not in paired
    ]
    near = sorted(
        (apart_deg(one.bearing_deg, two.bearing_deg), i, j)
        for i, one in enumerate(single)
        for j, two in enumerate(leaving)
    )
    used: tuple[set[int], set[int]] = set(), set()
    for apart, i, j in near:
        if apart <= CARRIAGEWAYS_DEG and i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            one, two = single[i], leaving[j]
            arms.append(Arm(one.way_in, two.way_out, one.bearing_deg, min(one.code, two.code)))
    arms += [arm for i, arm in enumerate(single) if i not in used[0]]
    arms += [arm for j, arm in enumerate(leaving) if j not in used[1]]
    return arms


def conflict(arms: list[Arm]) -> bool:
    """Tell whether drivers from different arms cross each other's way: not at a mere merge, diverge or division."""
    coming = [arm for arm in arms if arm.way_in >= 0]
    if len(arms) < 3 or len(coming) < 2 or all(arm.way_out < 0 for arm in arms):
        return False
    if sum(arm.two_way for arm in arms) == 1 and len(arms) == 3 and len(coming) == 2:
        one, two = (arm for arm in arms if not arm.two_way)
        if apart_deg(one.bearing_deg, two.bearing_deg) <= COUPLET_DEG:
            return False
    for goal in arms:
        meet = [arm for arm in coming if goal.way_out >= 0 and arm is not goal and not _turns_back(arm, goal)]
        for row, one in enumerate(meet):
            for two in meet[:row]:
                # a one-way road that runs along beside another merges, be that other one-way or not
                merges = _merges(one, arms) or _merges(two, arms)
                if not merges or apart_deg(one.bearing_deg, two.bearing_deg) >= MERGE_DEG:
                    return True
    return False


def apart_deg(one_deg: float, two_deg: float) -> float:
    """Return the angle between two courses, 0 to 180 degrees."""
    return abs((one_deg - two_deg + 540.0) % 360.0 - 180.0)


def _merges(arm: Arm, arms: list[Arm]) -> bool:
    """Tell whether a one-way road leads on to one other arm only."""
    goals = [goal for goal in arms if goal.way_out >= 0 and apart_deg(arm.bearing_deg, goal.bearing_deg) >= MERGE_DEG]
    return not arm.two_way and len(goals) < 2


def _turns_back(arm: Arm, goal: Arm) -> bool:
    return apart_deg(arm.bearing_deg, goal.bearing_deg) < BACK_DEG


def _counts(network: Network, edge: int) -> bool:
    return int(network.edge_class[edge]) in ROADS and not network.is_link(edge)
