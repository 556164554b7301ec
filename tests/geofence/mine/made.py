"""What must hold for every segment file that is mined, whatever the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from geofence.mine.assemble import SegmentFile
from geofence.plane import step_lengths_m

SLACK_M = 1.0
"""Distances in the file may be off by this: they are rounded, and vertices too."""


def length_m(feature: dict[str, Any]) -> float:
    """The length of a feature in metres."""
    lon, lat = np.array(feature["geometry"]["coordinates"]).T
    return float(step_lengths_m(lon, lat).sum())


def faults(made: SegmentFile) -> Iterator[str]:
    """Yield what is wrong: ids, ``next`` that does not touch, distances that do not add up, segments uncovered."""
    by_id = {one["properties"]["id"]: one for one in made.features}
    if len(by_id) != len(made.features):
        yield "an id stands twice"
    on: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for name, one in by_id.items():
        for member in one["properties"].get("on", ()):
            on[member["segment"]].append((member["from_m"], name))
    for name, one in by_id.items():
        properties = one["properties"]
        if properties["role"] == "segment" and not properties["name"].strip():
            yield f"{name} has no name"
        if length_m(one) < 0.1:
            yield f"{name} is no line"
        for then in properties["next"]:
            if by_id[then]["geometry"]["coordinates"][0] != one["geometry"]["coordinates"][-1]:
                yield f"{then} does not begin where {name} ends"
        for lead in properties.get("leads_to", ()):
            yield from _lead_faults(by_id, on, name, lead)
    for segment, lines in on.items():
        reached_m = 0.0
        for from_m, name in sorted(lines):
            if from_m > reached_m + SLACK_M:
                yield f"{segment} is bare from {reached_m:.1f} to {from_m:.1f} m"
            reached_m = max(reached_m, from_m + length_m(by_id[name]))
        if abs(reached_m - length_m(by_id[segment])) > SLACK_M:
            yield f"{segment} is covered to {reached_m:.1f} m"


def _lead_faults(
    by_id: dict[str, dict[str, Any]], on: dict[str, list[tuple[float, str]]], name: str, lead: dict[str, Any]
) -> Iterator[str]:
    """Walking ``next`` from the end must reach the entry in ``ahead_m``, step by step."""
    segment, ahead_m, branch_m = lead["segment"], lead["ahead_m"], lead["branch_ahead_m"]
    then = by_id[name]["properties"]["next"]
    if branch_m is not None and branch_m > ahead_m + SLACK_M:
        yield f"{name}: branch behind the entry of {segment}"
    if ahead_m < 0.1:
        if segment not in then and not any(from_m == 0.0 and line in then for from_m, line in on[segment]):
            yield f"{name} ends at {segment} and does not lead on to it"
        return
    off = [
        abs(other["ahead_m"] + length_m(by_id[step]) - ahead_m)
        for step in then
        for other in by_id[step]["properties"].get("leads_to", ())
        if other["segment"] == segment
    ]
    if min(off, default=np.inf) > SLACK_M:
        yield f"{name}: {ahead_m} m to {segment} do not add up"
