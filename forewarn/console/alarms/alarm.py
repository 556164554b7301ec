"""One alarm, and what can be told of it."""

from __future__ import annotations

from typing import Any

import msgspec

from forewarn.console.alarms.states import State


class Place(msgspec.Struct, frozen=True):
    """Where it was when its condition was last told."""

    lon: float
    lat: float
    speed_kmh: float | None = None
    limit_kmh: float | None = None


class Disposition(msgspec.Struct, frozen=True):
    """What was done about it, as somebody told."""

    what: str
    """A name of ``dispositions.DISPOSITIONS``."""
    reason: str | None
    """Of a false alarm: why it was one, a name of ``dispositions.FALSE_BECAUSE``."""
    note: str | None
    by: str
    at: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm: a vehicle, a kind and, where it is about one, a segment. Times are ISO 8601 in UTC."""

    id: str
    version: int
    """Goes up with each change; whoever acts says which one was seen."""
    vehicle: str
    carrier: str | None
    driver: str | None
    kind: str
    segment_id: str | None
    segment_name: str | None
    priority: int
    state: State
    present: bool
    """Whether its condition holds."""
    count: int
    """How often its condition has come, in this life and in those that ended less than a shift before the next."""
    raised_at: str
    last_at: str
    """When its condition last came."""
    returned_at: str | None = None
    acknowledged_at: str | None = None
    acknowledged_by: str | None = None
    shelved_until: str | None = None
    shelved_by: str | None = None
    shelved_because: str | None = None
    place: Place | None = None
    facts: dict[str, Any] = {}
    """What the kind has to tell: ``driven_s``, ``over_pct``, ``silent_since`` and the like."""
    disposition: Disposition | None = None
    holding: tuple[str, ...] = ()
    """Occasions whose condition holds: it is gone when none is left."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """That a condition has come, or has gone. The same told twice is one: ``occasion`` names it."""

    begins: bool
    kind: str
    vehicle: str
    driver: str | None = None
    segment_id: str | None = None
    segment_name: str | None = None
    occasion: str
    """What began: the id of an alert or passage, or the moment of the last fix."""
    ends: tuple[str, ...] = ()
    """Of an end: all occasions that end with it; else ``occasion`` alone."""
    recurs: bool = False
    """Whether an occasion that has ended may begin again, as a silence does before which no newer fix came."""
    at_ms: int
    priority: int | None = None
    """Where it is not the kind's own."""
    place: Place | None = None
    facts: dict[str, Any] = {}
