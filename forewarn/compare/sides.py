"""The two sides of a comparison: each a segment file or a profile, both of one sort, over the same drives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alerts.engine import Records
from alerts.profiles import PROFILES
from alerts.record import Alert
from forewarn.options import replay_plan
from forewarn.replay import Replay
from geofence.segments import SegmentSet
from ingest.errors import BadOption
from ingest.positions import PositionBatch

PROFILE: Final = "profile"
SEGMENTS: Final = "segment file"


@dataclass(frozen=True, slots=True)
class Sides:
    """Two replays over the same files; the first reads them."""

    sort: str
    """What differs: ``profile`` or ``segment file``."""
    names: tuple[str, str]
    replays: tuple[Replay, Replay]


def sides_of(names: tuple[str, str], drives: Sequence[Path], given: dict[str, Any], segments: Path) -> Sides:
    """Return the two sides; ``segments`` is the file under both where they are profiles.

    Raises BadOption where one is a profile and the other a segment file, ProfileError and SegmentFileError for what is
    wrong with either.
    """
    sorts = [PROFILE if name in PROFILES or name.endswith(".toml") else SEGMENTS for name in names]
    if sorts[0] != sorts[1]:
        raise BadOption(
            f"'{names[0]}' is a {sorts[0]} and '{names[1]}' a {sorts[1]}: give two segment files, or two profiles"
        )
    if sorts[0] == SEGMENTS:
        plans = [replay_plan(drives, given, Path(name)) for name in names]
        return Sides(SEGMENTS, names, (Replay(plans[0]), Replay(plans[1])))
    first = Replay(replay_plan(drives, given | {"profile": names[0]}, segments))
    second = Replay(replay_plan(drives, given | {"profile": names[1]}, segments), first.segments)
    return Sides(PROFILE, names, (first, second))


def alerts_of(
    sides: Sides,
    progress: Callable[[int], None] | None = None,
    tap: Callable[[PositionBatch], None] | None = None,
) -> tuple[list[Alert], list[Alert]]:
    """Read the drives once, judge them by both sides, and return the alerts of each.

    ``progress`` is told the bytes just read, ``tap`` sees each screened batch. Raises NothingUsable.
    """
    found: tuple[list[Alert], list[Alert]] = ([], [])
    for batch in sides.replays[0].batches(progress):
        if tap is not None:
            tap(batch)
        for replay, alerts in zip(sides.replays, found, strict=True):
            records: Records = replay.engine.step(batch)
            replay.tally.add(records)
            alerts.extend(records.alerts)
    return found


def segment_sets(sides: Sides) -> tuple[SegmentSet, SegmentSet]:
    """Return the segments of both sides."""
    return sides.replays[0].segments, sides.replays[1].segments
