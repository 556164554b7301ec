"""Which segments a path enters, and where: by the ways driven, or by geometry where the map does not have the ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.judge.driven import Driven
from forewarn.judge.entries import Entry
from forewarn.judge.ground import Ground, apart_deg, course_deg, stretch
from forewarn.judge.tags import Tags
from forewarn.judge.truth import Path

NEAR_M: Final = 10.0
"""A path this near to an entry passes it (issue: by geometry within 10 m and 30 degrees)."""
ALONG_DEG: Final = 30.0
"""It does so in the segment's direction where the courses differ by less than this."""
FOLLOW_M: Final = 300.0
"""Without ways, a path enters a segment only where it stays on it this far behind the entry, or to its end."""
MARK_M: Final = 10.0
"""That is looked at every so many metres."""
LEAST_M: Final = 5.0
"""A path that leaves the segment's ways sooner than this behind the entry did not enter it."""
AGAIN_M: Final = 60.0
"""Two passes of one entry lie at least this far apart along the path."""
OVER_M: Final = 20.0
"""By so much a path may be longer than a segment that it follows to the end."""


@dataclass(frozen=True, slots=True)
class Entered:
    """One segment entered by one path."""

    path: int
    entry: Entry
    at_m: float
    """Where the entry lies, metres along the path."""
    left_m: float
    """Where the path leaves the segment, metres along."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of all paths as columns."""

    path: NDArray[np.int64]
    at: NDArray[np.int64]
    """Number of the step within its path."""
    begin: NDArray[np.float64]
    """n x 2, plane."""
    step: NDArray[np.float64]
    way: NDArray[np.int64]
    from_m: NDArray[np.float64]
    length_m: NDArray[np.float64]
    scale: NDArray[np.float64]
    """Plane units in a metre."""


def steps_of(paths: list[Path], ground: Ground) -> Steps:
    """Return the steps of all paths, path by path."""
    size = np.array([one.way.size for one in paths], np.int64)
    path = np.repeat(np.arange(size.size), size)
    at = np.arange(path.size) - np.repeat(np.cumsum(size) - size, size)
    if not paths:
        none = np.empty(0)
        return Steps(path, at, np.empty((0, 2)), np.empty((0, 2)), path, none, none, none)
    xy = [ground.xy(one.lon, one.lat) for one in paths]
    begin = np.concatenate([one[:-1] for one in xy])
    return Steps(
        path=path,
        at=at,
        begin=begin,
        step=np.concatenate([one[1:] for one in xy]) - begin,
        way=np.concatenate([one.way for one in paths]),
        from_m=np.concatenate([one.at_m[:-1] for one in paths]),
        length_m=np.concatenate([np.diff(one.at_m) for one in paths]),
        scale=stretch(np.concatenate([one.lat[:-1] for one in paths])),
    )


def entered(driven: Driven, entries: list[Entry], tags: Tags, ground: Ground, steps: Steps) -> list[Entered]:
    """Return every segment that a path enters, in order of path and place."""
    if not entries or not steps.path.size:
        return []
    here = np.array([one.xy[0] for one in entries])
    radius = np.array([one.segment.radius_m or NEAR_M for one in entries])
    lines = shapely.linestrings(np.stack([steps.begin, steps.begin + steps.step], axis=1))
    step, which = shapely.STRtree(shapely.points(here)).query(
        lines, predicate="dwithin", distance=float(radius.max()) * steps.scale
    )
    square = np.maximum((steps.step[step] ** 2).sum(axis=1), 1e-12)
    share = np.clip(((here[which] - steps.begin[step]) * steps.step[step]).sum(axis=1) / square, 0.0, 1.0)
    off = here[which] - steps.begin[step] - share[:, None] * steps.step[step]
    off_m = np.hypot(off[:, 0], off[:, 1]) / steps.scale[step]
    course = np.array([one.course_deg for one in entries])[which]
    ahead = np.isnan(course) | (apart_deg(course_deg(steps.step[step]), np.nan_to_num(course)) <= ALONG_DEG)
    mapped = np.array([_is_mapped(one, tags) for one in entries])
    on_way = _on_first_way(steps.way[step], which, entries, tags)
    good = (off_m <= radius[which]) & ahead & (on_way | ~mapped[which])
    step, which, off_m = step[good], which[good], off_m[good]
    at_m = steps.from_m[step] + share[good] * steps.length_m[step]
    # one pass of one entry may touch several steps: the nearest counts
    path = steps.path[step]
    order = np.lexsort((at_m, which, path))
    found: list[Entered] = []
    group: list[int] = []
    for row in [*order.tolist(), -1]:
        fresh = row < 0 or not group
        if group and row >= 0:
            last = group[-1]
            fresh = path[row] != path[last] or which[row] != which[last] or at_m[row] - at_m[last] > AGAIN_M
        if fresh and group:
            best = min(group, key=lambda one: (round(float(off_m[one]), 2), -float(at_m[one])))
            entry = entries[int(which[best])]
            if entry.segment.radius_m is not None:
                best = group[0]
            one = _follow(driven.paths[int(path[best])], int(path[best]), entry, float(at_m[best]), ground, tags)
            if one is not None:
                found.append(one)
            group = []
        if row >= 0:
            group.append(row)
    return sorted(found, key=lambda one: (one.path, one.at_m, one.entry.segment.id))


def _is_mapped(entry: Entry, tags: Tags) -> bool:
    """Tell whether the map has the ways that the segment names."""
    return any(way in tags.rows_of_way for way in entry.segment.osm_ways)


def _on_first_way(
    way: NDArray[np.int64], which: NDArray[np.int64], entries: list[Entry], tags: Tags
) -> NDArray[np.bool_]:
    """Tell, by pair, whether the step's way is the one that the segment begins on, as far as the map has it.

    The segment's further ways may run beside its entry, where two ramps merge.
    """
    first = [next((one for one in entry.segment.osm_ways if one in tags.rows_of_way), -1) for entry in entries]
    begins = np.array(first, np.int64)[which]
    return (begins >= 0) & (way == begins)


def _follow(path: Path, row: int, entry: Entry, at_m: float, ground: Ground, tags: Tags) -> Entered | None:
    """Return how far the path follows a segment that it passes the entry of; None where it does not go in."""
    end_m = min(at_m + entry.length_m, float(path.at_m[-1]))
    if entry.segment.radius_m is not None:
        return Entered(row, entry, at_m, min(at_m + 2.0 * entry.segment.radius_m, float(path.at_m[-1])))
    if _is_mapped(entry, tags):
        ways = set(entry.segment.osm_ways)
        first = max(int(np.searchsorted(path.at_m, at_m + 0.01, side="right")) - 1, 0)
        step, left_m = first, at_m
        while step < path.way.size and int(path.way[step]) in ways and left_m < at_m + entry.length_m + OVER_M:
            step += 1
            left_m = float(path.at_m[step])
        if left_m - at_m < min(LEAST_M, 0.5 * entry.length_m):
            return None
        return Entered(row, entry, at_m, min(left_m, at_m + entry.length_m + OVER_M, float(path.at_m[-1])))
    to_m = min(FOLLOW_M, entry.length_m)
    marks = np.linspace(0.0, to_m, max(int(to_m / MARK_M), 1) + 1)
    goals = np.column_stack([np.interp(marks, entry.along_m, entry.xy[:, axis]) for axis in (0, 1)])
    low = max(int(np.searchsorted(path.at_m, at_m)) - 1, 0)
    high = min(int(np.searchsorted(path.at_m, at_m + to_m + OVER_M, side="right")) + 1, path.lon.size)
    if high - low < 2:
        return None
    line = shapely.linestrings(ground.xy(path.lon[low:high], path.lat[low:high]))
    off_m = shapely.distance(line, shapely.points(goals)) / float(stretch(entry.lat[:1])[0])
    return None if off_m.max() > NEAR_M else Entered(row, entry, at_m, end_m)
