"""Mined segments judged: what the miner missed or invented against the judge's plain reading of the tags.

A miss is not always a fault: the miner leaves out links that only cut a corner, and crossings in towns that nobody
would call one. So every one is listed, with what can be measured of it, for a person to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.judge.entries import Entry, entries_of
from forewarn.judge.ground import stretch
from forewarn.judge.level_crossings import signal_nodes
from forewarn.judge.link_chains import Chain, link_chains
from forewarn.judge.survey import Survey
from forewarn.judge.tags import RAMPS
from geofence.segments import SegmentSet

COVERED: Final = 0.5
"""A chain of links is known where segments cover at least this share of its length."""
AT_CROSSING_M: Final = 40.0
"""A segment that ends this near to a crossing is one of its ways in."""
AT_TRACKS_M: Final = 60.0
"""Likewise for a level crossing: several tracks are one place."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place that only one of the two knows."""

    place: str
    """What the tags call it, or the id of the segment."""
    detail: str
    """What can be measured of it."""
    lon: float
    """WGS-84 degrees."""
    lat: float


@dataclass(frozen=True, slots=True)
class Mined:
    """How complete the segments of one kind are."""

    kind: str
    subtype: str | None
    in_tags: int
    """Places that the tags tell of; 0 where the map says nothing of this kind, which is then not judged."""
    in_file: int
    """Segments of this kind in the file."""
    missed: list[Found] = field(default_factory=list)
    """Places without a segment."""
    invented: list[Found] = field(default_factory=list)
    """Segments without a place."""

    @property
    def judged(self) -> bool:
        """Whether the map tells anything of this kind."""
        return self.in_tags > 0


def judge_mining(survey: Survey, segments: SegmentSet) -> list[Mined]:
    """Hold the segments of a file against the tags of its map: ramps, crossings, level crossings.

    Villages are not judged: where one begins is nobody's fact.
    """
    entries = entries_of(segments, survey.network.ground)
    return [
        _ramps(survey, [one for one in entries if one.segment.kind == "ramp"]),
        _crossings(survey, entries, None),
        _crossings(survey, entries, "level_crossing"),
    ]


def _invented(entry: Entry, detail: str) -> Found:
    segment = entry.segment
    return Found(segment.id, detail, segment.entry_lon, segment.entry_lat)


def _ramps(survey: Survey, entries: Sequence[Entry]) -> Mined:
    tags, network = survey.tags, survey.network
    known = {way for entry in entries for way in entry.segment.osm_ways}
    chains = link_chains(tags, network)

    def covered(chain: Chain) -> bool:
        mine = [e for e in chain.edges if int(tags.way_id[network.way[e]]) in known]
        return float(network.length_m[mine].sum()) >= COVERED * chain.length_m

    missed = [
        Found(chain.place, chain.detail, float(tags.lon[node]), float(tags.lat[node]))
        for chain in chains
        if not covered(chain)
        for node in (int(network.begin[chain.edges[0]]),)
    ]
    ramp_ways = {int(tags.way_id[row]) for row in range(tags.way_id.size) if tags.highway(row) in RAMPS}
    invented = [
        _invented(entry, "none of its ways is a motorway_link or trunk_link")
        for entry in entries
        if entry.segment.osm_ways and ramp_ways.isdisjoint(entry.segment.osm_ways)
    ]
    return Mined("ramp", None, len(chains), len(entries), missed, invented)


def _crossings(survey: Survey, entries: Sequence[Entry], subtype: str | None) -> Mined:
    tags, network = survey.tags, survey.network
    if not subtype and not signal_nodes(tags):  # such a map cannot tell a signalled crossing from another
        return Mined(
            "unsignalled_crossing", None, 0, sum(one.segment.kind == "unsignalled_crossing" for one in entries)
        )
    wanted = "level_crossing" if subtype else "road"
    here = [one for one in survey.crossings if one.subtype == wanted]
    mine = [
        one
        for one in entries
        if one.segment.kind == "unsignalled_crossing" and (one.segment.subtype == "level_crossing") == bool(subtype)
    ]
    reach_m = AT_TRACKS_M if subtype else AT_CROSSING_M
    at = np.array([node for one in here for node in one.nodes], np.int64)
    owner = np.repeat(np.arange(len(here)), [len(one.nodes) for one in here])
    ends = np.array([one.xy[-1] for one in mine]).reshape(-1, 2)
    scale = stretch(np.array([one.lat[-1] for one in mine]))
    segment, node = _near(ends, network.xy[at], reach_m * scale)
    missed = [
        Found(
            one.name,
            f"{len(one.nodes)} nodes" if len(one.nodes) > 1 else "1 node",
            float(tags.lon[one.nodes[0]]),
            float(tags.lat[one.nodes[0]]),
        )
        for row, one in enumerate(here)
        if one.main and row not in set(owner[node].tolist())
    ]
    met = set(segment.tolist())
    detail = f"no {'level ' if subtype else ''}crossing without signals within {reach_m:g} m of its end"
    invented = [_invented(one, detail) for row, one in enumerate(mine) if row not in met]
    # crossings of minor roads are known, but whether they count depends on what is a town
    return Mined("unsignalled_crossing", subtype, sum(one.main for one in here), len(mine), missed, invented)


def _near(
    one: NDArray[np.float64], two: NDArray[np.float64], reach: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of rows whose points lie within reach in the plane."""
    if not len(one) or not len(two):
        none = np.empty(0, np.int64)
        return none, none
    pairs = shapely.STRtree(shapely.points(two)).query(shapely.points(one), predicate="dwithin", distance=reach)
    return pairs[0], pairs[1]
