"""A trial: a version of the segments tested on the traffic of the last day before it goes live."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from forewarn.console.segments.changes import Change, changes
from forewarn.console.segments.collection import Collection, Feature
from ingest.vehicles import RegisteredVehicle

DAY_MS: Final = 24 * 3600 * 1000
"""Fixes are kept so long, and so much is judged."""


class PlaceJudged(msgspec.Struct, frozen=True):
    """One place at which something differs; an alert of another kind than approach is its kind's."""

    id: str | None
    name: str
    kind: str
    before: int
    after: int
    lost: int
    gained: int
    changed: int


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a day would have given."""

    from_ms: int
    to_ms: int
    fixes: int
    """Of the vehicles that came near what was changed."""
    vehicles: int
    before: int
    """Prompts at the changed segments, by the version in force."""
    after: int
    """By the one that is tested."""
    before_all: int
    """All prompts of these vehicles."""
    after_all: int
    lost: int
    """Prompts that nobody would have heard."""
    gained: int
    changed: int
    """Prompts that would have come at another time, or in other words."""
    places: list[PlaceJudged]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that judges is told."""

    store: str
    """URL, with its password: it goes over a pipe, and nowhere else."""
    before: bytes
    after: bytes
    changed: list[str]
    boxes: list[tuple[float, float, float, float]]
    """West, south, east, north of each changed place before and after, degrees."""
    from_ms: int
    to_ms: int
    profile: str
    vehicle_class: str | None
    language: str | None
    register: list[RegisteredVehicle]


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """What that process says, one JSON object a line."""

    share: float | None = None
    """How much of the time is judged, 0 to 1."""
    judged: Judged | None = None
    fault: str | None = None


class Trial(msgspec.Struct, frozen=True):
    """How it stands."""

    state: Literal["running", "done", "failed"]
    number: int
    """Of the version."""
    hash: str
    """Of its content then: another one has not been tested."""
    against: int | None
    """Number of the version that was in force."""
    who: str
    share: float | None = None
    """None until the first positions are judged."""
    why: str | None = None
    """What it failed of."""
    judged: Judged | None = None


def changed_places(before: bytes, after: bytes) -> tuple[list[str], list[tuple[float, float, float, float]]]:
    """Return the ids of what differs, and the boxes around it in both."""
    one, two = Collection(before), Collection(after)
    found: list[Change] = changes(one, two)
    boxes = [
        _box(version.segments[change.id]) for change in found for version in (one, two) if change.id in version.segments
    ]
    return [change.id for change in found], boxes


def _box(feature: Feature) -> tuple[float, float, float, float]:
    geometry = feature["geometry"]
    line = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]
    lons, lats = [point[0] for point in line], [point[1] for point in line]
    return min(lons), min(lats), max(lons), max(lats)
