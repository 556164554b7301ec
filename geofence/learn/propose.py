"""What stood out, as a segment file to review: neighbours joined, roads that lead there added, the evidence in each
feature. Nothing of it is in force: file and features say ``"status": "proposed"``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any, Final

import numpy as np

from geofence.learn.density import poisson_interval
from geofence.learn.stretches import Stretches
from geofence.mine.assemble import ATTRIBUTION, VERSION, SegmentFile, assemble
from geofence.mine.limits import mapped_limit
from geofence.mine.network import Network
from geofence.mine.place import WALK_BACK_M, WALK_BACK_MOTORWAY_M, Place, Step
from geofence.mine.road_name import driven
from geofence.mine.settings import MineSettings
from geofence.segments import PROPOSED, Segment

KIND: Final = "hot_place"
"""Kind of a proposed segment; its sentence is that of kinds without one of their own."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a place is proposed: one count held against its traffic."""

    what: str
    """What was counted, such as ``hard_braking``."""
    observed: int
    expected: float
    """What comparable roads with the same traffic and the same vehicles would have had."""
    exposure: float
    exposure_unit: str
    """``passes`` of the vehicles of the data, or ``road_m`` where no traffic is known."""
    vehicles: int | None
    """Different vehicles among the events; None where nobody tells."""
    ratio: float
    """Observed over expected, with the bounds of its 95 % interval."""
    ratio_low: float
    ratio_high: float
    p: float
    q: float
    """Benjamini and Hochberg over all places and counts of the run."""
    stretches: int
    """How many neighbouring stretches were joined, each of which stands out: the counts are their sums, the vehicles
    those of the one with most, p and q the greatest."""
    period_from: str | None
    period_to: str | None
    """Of the data, ISO 8601; None where unknown."""
    known_segment: str | None = None
    """The segment in force of which this is evidence; None for a place found on the open road."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One stretch that stands out by one count."""

    stretch: int
    both_ways: bool
    """Whether nobody knows in which direction it happened."""
    evidence: Evidence


def propose(
    network: Network,
    settings: MineSettings,
    stretches: Stretches | None,
    findings: Sequence[Finding],
    known: Sequence[tuple[Segment, list[list[float]], Sequence[Evidence]]],
) -> SegmentFile:
    """Return the file to review.

    ``known`` are segments in force that stand out, each with its geometry and evidence; they are repeated as they
    are, so that a reviewer sees them beside what is new.
    """
    places: list[Place] = []
    evidence: dict[str, list[Evidence]] = {}
    if stretches is not None:
        for rows, why in _joined(stretches, findings):
            place = _place(network, settings, stretches, rows)
            places.append(place)
            evidence[place.id] = why
    features = assemble(network, settings, places).features if places else []
    for feature in features:
        why = evidence.get(feature["properties"]["id"], [])
        if why:
            _mark(feature, why)
    features = [*(_repeated(*one) for one in known), *features]
    members = {
        "forewarn_version": VERSION,
        "status": PROPOSED,
        "attribution": ATTRIBUTION,
        "generated_by": "forewarn segments learn",
        "country": settings.country,
        "left_driving": settings.left_driving,
    }
    return SegmentFile(members, features)


def _joined(stretches: Stretches, findings: Sequence[Finding]) -> Iterable[tuple[list[int], list[Evidence]]]:
    """Yield runs of neighbouring stretches that stand out, each with one evidence a count."""
    by_row: dict[int, list[Evidence]] = {}
    for one in findings:
        rows = [one.stretch]
        if one.both_ways and stretches.twin[one.stretch] >= 0:
            rows.append(int(stretches.twin[one.stretch]))
        for row in rows:
            by_row.setdefault(row, []).append(one.evidence)
    run: list[int] = []
    for row in [*sorted(by_row), -1]:
        follows = run and row == run[-1] + 1 and stretches.stroke[row] == stretches.stroke[run[-1]]
        if run and not follows:
            yield run, _summed([why for at in run for why in by_row[at]])
            run = []
        run.append(row)


def _summed(evidence: list[Evidence]) -> list[Evidence]:
    """Return one evidence a count, over all stretches of a place."""
    found = []
    for _, same in groupby(sorted(evidence, key=lambda one: one.what), key=lambda one: one.what):
        members = list(same)
        observed, expected = sum(one.observed for one in members), sum(one.expected for one in members)
        low, high = poisson_interval(np.array([observed]))
        known = [one.vehicles for one in members if one.vehicles is not None]
        found.append(
            replace(
                members[0],
                observed=observed,
                expected=round(expected, 3),
                exposure=sum(one.exposure for one in members),
                vehicles=max(known, default=None),
                ratio=round(observed / expected, 2),
                ratio_low=round(float(low[0]) / expected, 2),
                ratio_high=round(float(high[0]) / expected, 2),
                p=max(one.p for one in members),
                q=max(one.q for one in members),
                stretches=len(members),
            )
        )
    return found


def _place(network: Network, settings: MineSettings, stretches: Stretches, rows: list[int]) -> Place:
    path = _merged([step for row in rows for step in stretches.steps[row]])
    first, tags = path[0].edge, network.tags(path[0].edge)
    told = mapped_limit(settings.country, tags, bool(network.edge_forward[first]))
    way, node = int(network.way_id[network.edge_way[first]]), int(network.node_id[network.edge_from[first]])
    fast = tags["highway"].removesuffix("_link") in ("motorway", "trunk")
    return Place(
        id=f"hot-{way}-{node}-{round(path[0].from_m)}",
        kind=KIND,
        subtype=None,
        name=driven(network, first, settings.language),
        path=path,
        limit_kmh=told[0] if told else None,
        limit_source=told[1] if told else None,
        walk_back_m=WALK_BACK_MOTORWAY_M if fast else WALK_BACK_M,
    )


def _merged(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps with those that follow each other on one edge made one."""
    merged: list[Step] = []
    for step in steps:
        if merged and merged[-1].edge == step.edge:
            merged[-1] = Step(step.edge, merged[-1].from_m, step.to_m)
        else:
            merged.append(step)
    return tuple(merged)


def _mark(feature: dict[str, Any], evidence: Sequence[Evidence]) -> None:
    feature["properties"] |= {"status": PROPOSED, "source": "learned", "evidence": [asdict(one) for one in evidence]}


def _repeated(segment: Segment, vertices: list[list[float]], evidence: Sequence[Evidence]) -> dict[str, Any]:
    point = segment.radius_m is not None
    properties: dict[str, Any] = {
        "role": "segment",
        "id": f"hot-{segment.id}",
        "kind": segment.kind,
        "subtype": segment.subtype,
        "name": segment.name,
        "limit_kmh": segment.limit_kmh,
        "limit_source": segment.limit_source,
        "half_width_m": segment.half_width_m,
        "radius_m": segment.radius_m,
        "place": segment.place or segment.id,
        "osm_ways": list(segment.osm_ways),
    }
    geometry = {"type": "Point" if point else "LineString", "coordinates": vertices[0] if point else vertices}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    _mark(feature, evidence)
    return feature
