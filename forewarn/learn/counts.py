"""Counts on stretches of road: harsh braking, broken limits, speeding episodes, accidents, each against its traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alerts.record import Alert
from forewarn.learn.traffic import PASS_GAP_S, ROAD_M, Passes
from forewarn.records import seconds
from geofence.learn.density import Tested, expected_counts, judged
from geofence.learn.stretches import GROUP_NAMES, Stretches

LEAST_PASSES: Final = 10
"""A stretch with fewer passes is not looked at: it could hardly stand out, and every look costs the others."""
AT_ONCE_S: Final = PASS_GAP_S
"""An episode belongs to the pass under way, or over for no longer than this, seconds."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One count over many places, tested; ``row`` tells which places."""

    what: str
    unit: str
    """Of the exposure: ``passes`` or ``road_m``."""
    row: NDArray[np.int64]
    tested: Tested
    elsewhere: int = 0
    """Events at places that were not looked at, for want of exposure."""
    both_ways: bool = False
    """Whether nobody knows in which direction it happened; then ``row`` is the lower of a stretch and its twin."""


def counted_passes(
    what: str,
    place: NDArray[np.int64],
    vehicle: NDArray[np.int64],
    events: NDArray[np.int64],
    group: NDArray[np.int64],
) -> Counted:
    """Test what happened on passes. A row is a pass: its place, its vehicle and its events; ``group`` is by place."""
    places = group.size
    expected = expected_counts(place, vehicle, events, group)
    observed = np.bincount(place, events, places).astype(np.int64)
    exposure = np.bincount(place, minlength=places)
    pairs = np.unique(np.column_stack((place, vehicle))[events > 0], axis=0)
    vehicles = np.bincount(pairs[:, 0], minlength=places)
    row = np.flatnonzero(exposure >= LEAST_PASSES)
    held = judged(observed[row], expected[row], exposure[row].astype(np.float64), vehicles[row])
    return Counted(what, "passes", row, held, int(observed.sum() - observed[row].sum()))


def counted_driving(passes: Passes, stretches: Stretches) -> list[Counted]:
    """Test harsh braking and broken limits, over the passes on which each could have been seen."""
    group = stretches.group.astype(np.int64)
    found = []
    for what, seen, events in (
        ("hard_braking", passes.brake_seen, passes.braked),
        ("over_limit", passes.speed_seen, passes.over),
    ):
        columns = (passes.stretch[seen], passes.vehicle[seen], events[seen].astype(np.int64))
        found.append(counted_passes(what, *columns, group))
    return found


def counted_episodes(alerts: Sequence[Alert], passes: Passes, stretches: Stretches) -> tuple[Counted, int]:
    """Test the passes on which speeding episodes began. Also returns how many episodes fell on no pass."""
    code = {name: row for row, name in enumerate(passes.names)}
    events = np.zeros(passes.stretch.size, np.int64)
    outside = 0
    bounds = np.searchsorted(passes.vehicle, np.arange(len(passes.names) + 1))
    for alert in alerts:
        at_s, vehicle = seconds(alert.started_at), code.get(alert.vehicle, -1)
        if at_s is not None and vehicle >= 0:
            first, last = bounds[vehicle], bounds[vehicle + 1]
            row = first + int(np.searchsorted(passes.begin_ms[first:last], at_s * 1000.0, side="right")) - 1
            if row >= first and at_s * 1000.0 <= passes.end_ms[row] + AT_ONCE_S * 1000.0:
                events[row] = 1
                continue
        outside += 1
    group = stretches.group.astype(np.int64)
    return counted_passes("speeding", passes.stretch, passes.vehicle, events, group), outside


def counted_accidents(
    lon: NDArray[np.float64], lat: NDArray[np.float64], passes: Passes | None, stretches: Stretches
) -> tuple[Counted, int]:
    """Test accidents, which tell no direction, over the passes in both; without any drives, over the length of road.

    Also returns how many lie near no road. They are accidents of everybody, while the passes are those of the fleet:
    its share of all traffic is taken for the same on comparable roads.
    """
    n = len(stretches)
    lower = np.where(stretches.twin >= 0, np.minimum(stretches.twin, np.arange(n)), np.arange(n))
    hits = stretches.index.match(lon, lat, np.full(lon.size, np.nan), ROAD_M)
    point = np.repeat(np.arange(lon.size), np.diff(hits.start))
    order = np.lexsort((np.abs(hits.across_m), point))
    at, first = np.unique(point[order], return_index=True)
    observed = np.bincount(lower[hits.line[order][first]], minlength=n)
    if passes is not None:
        exposure, unit = np.bincount(lower[passes.stretch], minlength=n).astype(np.float64), "passes"
    else:
        exposure, unit = np.where(lower == np.arange(n), stretches.length_m, 0.0), "road_m"
    counts = exposure > 0.0
    group = stretches.group
    in_group = np.bincount(group[counts], exposure[counts], len(GROUP_NAMES))
    rate = np.bincount(group[counts], observed[counts], len(GROUP_NAMES)) / np.maximum(in_group, 1.0)
    row = np.flatnonzero(exposure >= (LEAST_PASSES if passes is not None else 1.0))
    none_told = np.full(row.size, -1)
    held = judged(observed[row], exposure[row] * rate[group[row]], exposure[row], none_told)
    elsewhere = int(observed.sum() - observed[row].sum())
    return Counted("accident", unit, row, held, elsewhere, both_ways=True), lon.size - at.size
