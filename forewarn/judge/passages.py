"""True passages: what the paths went through by the tags of the map, joined to the segments they entered there.

Ramps are the judge's own: runs over ``motorway_link`` and ``trunk_link``. A segment with no such run under it is a
passage that cannot be judged (``no_ramp_in_tags``), and so is a run onto a known ramp behind its entry
(``entered_beside``). For all other kinds only the path and the time are independent:
a segment entered is a passage whether or not the tags tell of the place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.driven import Driven
from forewarn.judge.entries import Entry
from forewarn.judge.ground import Ground
from forewarn.judge.join import Entered
from forewarn.judge.level_crossings import Crossing
from forewarn.judge.one_path import TOUCH_M, Run, Telling, runs_of
from forewarn.judge.survey import Survey
from forewarn.judge.tags import CLASSIFIED, RAMPS
from forewarn.judge.truth import Path, TruePassage
from forewarn.judge.villages import Villages

NOSE_M: Final = 15.0
"""A segment's entry this near to the begin of a run, or to a crossing, is that one."""
STRAY_M: Final = 20.0
"""A run shorter than this that no segment lies on is a matter of where a way was cut."""
REST_M: Final = 150.0
"""What is left of a run before, between and behind its segments is a ramp of its own only where it is longer: shorter
pieces are lanes of a fork or a toll plaza, or the gap between two noses."""
VILLAGE_M: Final = 200.0
"""A stretch shorter than this is no village of its own; nor does a gap this short end one."""
WAYS_NAMED: Final = 4
"""So many ways name a run."""


def passages(driven: Driven, survey: Survey, entries: list[Entry], found: list[Entered]) -> list[TruePassage]:
    """Return all passages in order of vehicle and time; ``found`` are those of ``entries`` that a path enters."""
    tags, crossings, ground = survey.tags, survey.crossings, survey.network.ground
    by_path: dict[int, list[Entered]] = {}
    for one in found:
        by_path.setdefault(one.path, []).append(one)
    ramp_ways = np.array([tags.way_id[row] for row in range(tags.way_id.size) if tags.highway(row) in RAMPS], np.int64)
    sizes = [path.way.size for path in driven.paths]
    every = np.concatenate([path.way for path in driven.paths]) if sizes else np.empty(0, np.int64)
    on_ramp = np.split(np.isin(every, ramp_ways), np.cumsum(sizes)[:-1])
    known = {way for one in entries if one.segment.kind == "ramp" for way in one.segment.osm_ways}
    country = {int(tags.way_id[row]) for row in range(tags.way_id.size) if tags.highway(row) in CLASSIFIED[1:]}
    place_of = np.full(tags.node_id.size, -1, np.int64)
    for at, crossing in enumerate(crossings):
        place_of[list(crossing.nodes)] = at
    result: list[TruePassage] = []
    for row, path in enumerate(driven.paths):
        entered = by_path.get(row, [])
        say = Telling(row, path, known)
        result += sorted(
            [
                *_ramps(say, _ramp_runs(path, on_ramp[row]), [e for e in entered if e.entry.segment.kind == "ramp"]),
                *_crossings(say, driven.node[row], crossings, place_of, entered),
                *_villages(
                    say,
                    _village_runs(path, ground, survey.villages, country),
                    [e for e in entered if e.entry.segment.kind == "village_road"],
                ),
                *(say.entered(e, None) for e in entered if e.entry.segment.kind not in KINDS),
            ],
            key=lambda one: (one.entered_m, one.kind, one.segment or "", one.place),
        )
    return result


KINDS: Final = ("ramp", "unsignalled_crossing", "village_road")
"""Kinds that the tags tell of; others are taken as the segments say."""


def _ramp_runs(path: Path, on_ramp: NDArray[np.bool_]) -> list[Run]:
    """Return the maximal runs of a path over ramps."""
    return list(runs_of(path, on_ramp, lambda low, high: _called(path.way[low:high])))


def _called(way: NDArray[np.int64]) -> str:
    names = [str(one) for one in dict.fromkeys(way.tolist())]
    more = f" and {len(names) - WAYS_NAMED} more" if len(names) > WAYS_NAMED else ""
    return f"ways {','.join(names[:WAYS_NAMED])}{more}"


def _ramps(say: Telling, runs: list[Run], entered: list[Entered]) -> Iterator[TruePassage]:
    """Yield ramp passages: each run, split where a segment begins; a run inside a segment entered before is its own."""
    confirmed: set[int] = set()
    for run in runs:
        here = [
            (at, one)
            for at, one in enumerate(entered)
            if run.from_m - NOSE_M <= one.at_m < run.to_m or one.at_m < run.from_m < one.left_m
        ]
        at_m = run.from_m
        begun = [one.at_m for _, one in here]
        first = min(begun, default=run.to_m)
        if first - at_m > (REST_M if here else STRAY_M):
            yield say.missed("ramp", None, Run(at_m, min(first, run.to_m), run.place))
        for nth, (at, one) in enumerate(here):
            if at not in confirmed:
                confirmed.add(at)
                yield say.entered(one, run.place)
            until = here[nth + 1][1].at_m if nth + 1 < len(here) else run.to_m
            if until - max(one.left_m, run.from_m) > REST_M:
                yield say.missed("ramp", None, Run(max(one.left_m, run.from_m), until, run.place))
    for at, one in enumerate(entered):
        if at not in confirmed:
            yield say.entered(one, None, "no_ramp_in_tags")


def _crossings(
    say: Telling,
    node: NDArray[np.int64],
    crossings: list[Crossing],
    place_of: NDArray[np.int64],
    entered: list[Entered],
) -> Iterator[TruePassage]:
    """Yield crossing passages: segments entered, and crossings of main roads passed where the file has none."""
    path = say.path
    visits: list[tuple[float, float, Crossing]] = []
    last, last_m = -1, -np.inf
    of_vertex = np.where(node >= 0, place_of[node], -1)
    for vertex in np.flatnonzero(of_vertex >= 0).tolist():
        at, at_m = int(of_vertex[vertex]), float(path.at_m[vertex])
        if at != last or at_m - last_m > 2.0 * NOSE_M:
            visits.append((at_m, at_m, crossings[at]))
        else:
            visits[-1] = (visits[-1][0], at_m, crossings[at])
        last, last_m = at, at_m
    used: set[int] = set()
    for one in entered:
        segment = one.entry.segment
        if segment.kind != "unsignalled_crossing":
            continue
        wanted = "level_crossing" if segment.subtype == "level_crossing" else "road"
        place = None
        for at, (from_m, to_m, crossing) in enumerate(visits):
            if crossing.subtype == wanted and from_m - NOSE_M <= one.left_m and one.at_m <= to_m + NOSE_M:
                place = crossing.name
                used.add(at)
                break
        yield say.entered(one, place)
    for at, (from_m, to_m, crossing) in enumerate(visits):
        if at not in used and crossing.main and from_m > TOUCH_M:
            level = "level_crossing" if crossing.subtype == "level_crossing" else None
            yield say.missed("unsignalled_crossing", level, Run(from_m, to_m, crossing.name))


def _village_runs(path: Path, ground: Ground, villages: Villages, country: set[int]) -> list[Run]:
    """Return the stretches of a path on classified roads beside a village's houses, short gaps closed."""
    if not villages.names:
        return []
    xy = ground.xy(path.lon, path.lat)
    inside = villages.inside(0.5 * (xy[1:] + xy[:-1]))
    inside[~np.array([one in country for one in path.way.tolist()], np.bool_)] = -1
    joined: list[Run] = []
    for run in runs_of(path, inside >= 0, lambda low, _: villages.names[int(inside[low])]):
        if joined and run.from_m - joined[-1].to_m < VILLAGE_M:
            joined[-1] = Run(joined[-1].from_m, run.to_m, joined[-1].place)
        else:
            joined.append(run)
    return [run for run in joined if run.to_m - run.from_m >= VILLAGE_M]


def _villages(say: Telling, runs: list[Run], entered: list[Entered]) -> Iterator[TruePassage]:
    """Yield village passages: segments entered, and villages driven through where the file has none."""
    for one in entered:
        near = [run for run in runs if run.from_m - VILLAGE_M <= one.at_m <= run.to_m]
        yield say.entered(one, near[0].place if near else None)
    for run in runs:
        if not any(one.at_m <= run.to_m and one.left_m >= run.from_m - VILLAGE_M for one in entered):
            yield say.missed("village_road", None, run)
