"""The tables of the fold: the fix as the rules see it, and the events that they emit.

A rule's ``step`` is compiled by numba and called once per fix in the order of the batch. It reads the fix, steps its
own state and emits events; the engine turns events, which are rare, into records.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.kernel import kernel


def code(value: int) -> int:
    """Return the value as a numpy integer: numba compiles a function anew for each plain constant it is called with."""
    return np.int64(value)  # type: ignore[return-value]  # behaves as an int in every use


NO_TIME: Final = code(np.iinfo(np.int64).min)
"""The value of a time that is not known or has not happened."""

FIX: Final = np.dtype(
    [
        ("row", "i4"),  # state row of the vehicle
        ("clock", "i4"),  # state row of the (vehicle, driver)
        ("memory", "i4"),  # set by the approach rule: row of what is remembered of the vehicle; 0 none
        ("profile", "i2"),  # row of the settings tables: a profile for a class of vehicle
        ("language", "i1"),  # row of the speech table
        (
            "live",
            "?",
        ),  # newer than every earlier fix of the vehicle; False: a late fix, judged on its own lane
        ("signs", "u1"),  # bits of ingest.positions.SIGNS
        ("mute", "?"),  # raises for the record, never speaks: re-uploaded history, stale, or late
        ("time_ms", "i8"),
        ("received_ms", "i8"),  # NO_TIME where unknown
        ("lon", "f8"),
        ("lat", "f8"),
        ("speed_kmh", "f8"),  # the better of GNSS, recorder and displacement; NaN where none is known
        ("heading_deg", "f8"),  # reported or from displacement; NaN where unknown or too slow to tell
        ("derived", "?"),  # the heading is that of the displacement
        ("gap_s", "f8"),  # since the vehicle's previous live fix; NaN at its first
        ("moved_m", "f8"),  # straight distance from that fix; NaN at the first
        ("rested_s", "f4"),  # what has just ended and was no driving: a long stand, or a gap; else 0
        ("chord_deg", "f8"),  # direction of that displacement; NaN where too short or too old to tell
        ("expect_s", "f8"),  # the gap to expect until the next fix
        ("noise_m", "f8"),  # standard deviation of the position that the engine assumes
        ("segment", "i4"),  # set by the approach rule: the segment the vehicle is in; -1 none
        ("limit_kmh", "f8"),  # set by the approach rule: the lowest limit of the segments it is in; NaN none
    ]
)
"""One fix with everything derived from the vehicle's own past; a row a fix of the batch."""

RAISED: Final = code(0)
UPDATED: Final = code(1)
WITHDRAWN: Final = code(2)
CLEARED: Final = code(3)
PASSAGE: Final = code(4)
STATES: Final = ("raised", "updated", "withdrawn", "cleared")
"""Names of the first four values of an event's ``what``; the fifth is a passage."""

ADVISORY: Final = code(0)
CONDITIONAL: Final = code(1)
PLAIN: Final = code(2)
SHARPER: Final = code(3)
EPISODE: Final = code(4)
NO_FORM: Final = code(-1)
"""No prompt goes with this event."""

INFO: Final = code(0)
MINOR: Final = code(1)
MAJOR: Final = code(2)
CRITICAL: Final = code(3)
SEVERITIES: Final = ("info", "minor", "major", "critical")
"""Names of an event's ``severity``."""

REASONS: Final = (
    "",
    "stale",  # history, late or delayed: for the record, never spoken
    "rate_limited",  # the driver was spoken to less than a minute ago, or often enough this hour
    "joint",  # shares the sentence of another exit close by
    "too_late",  # the sentence could not have ended in time
    "stopped",
    "turned_off",
    "slowed",
    "entered",
    "left",
    "ended",
    "rested",
    "corrected",
    "reminder",
    "driver_changed",
    "lost",  # no fix for so long that nothing can be said
    "lasts",
    "other_road",
    "worse",
    "segment_gone",  # the segment file in force does not hold it any more
    "driver_monitor",  # the camera in the cab, which has spoken itself, saw signs of fatigue
)
"""Names of an event's ``reason``; the first stands for null."""
(
    NO_REASON,
    STALE,
    RATE_LIMITED,
    JOINT,
    TOO_LATE,
    STOPPED,
    TURNED_OFF,
    SLOWED,
    ENTERED,
    LEFT,
    ENDED,
    RESTED,
    CORRECTED,
    REMINDER,
    DRIVER_CHANGED,
    LOST,
    LASTS,
    OTHER_ROAD,
    WORSE,
    SEGMENT_GONE,
    DRIVER_MONITOR,
) = (code(k) for k in range(len(REASONS)))

SUBTYPES: Final = ("", "ahead", "reached", "still", "day", "night", "signs")
"""Names of an event's ``subtype``: the finer kind of a fatigue prompt; the first stands for none."""
NO_SUBTYPE, AHEAD, REACHED, STILL, DAY, NIGHT, SIGNS = (code(k) for k in range(len(SUBTYPES)))

EVENT: Final = np.dtype(
    [
        ("fix", "i4"),  # row of the fix in the batch that brought this about
        ("rule", "i1"),  # row in RULES
        ("what", "i1"),  # RAISED .. PASSAGE
        ("reason", "i1"),
        ("severity", "i1"),
        ("retrospective", "?"),
        ("segment", "i4"),  # -1 none
        (
            "started_ms",
            "i8",
        ),  # identity of the alert with vehicle, rule and segment: the start known when it was raised
        ("since_ms", "i8"),  # the start as known now
        ("ended_ms", "i8"),
        ("seq", "i4"),
        ("limit_kmh", "f8"),
        ("ahead_m", "f8"),
        ("branch_m", "f8"),
        ("worst_ms", "i8"),  # NO_TIME where the alert has no worst moment
        ("worst_kmh", "f8"),
        ("worst_pct", "f8"),
        ("driven_s", "f8"),
        ("form", "i1"),  # NO_FORM where nothing is said
        ("subtype", "i1"),
        ("priority", "i1"),  # 1 is highest
        ("speak_ms", "i8"),
        ("expires_ms", "i8"),
        ("firm", "?"),
        ("say_m", "f8"),  # metres to say: to the entry at speak_ms
        ("also_m", "f8"),  # metres to the one place that shares the sentence
        ("then", "i4"),  # the one place of another kind that shares it; -1 none
        ("many", "?"),  # several share it
        ("mixed", "?"),  # and not all are of one kind
        ("say_limit_kmh", "f8"),  # the limit to say where it is not limit_kmh
        ("say_kmh", "f8"),  # own speed to say
        ("remaining_s", "f8"),
        ("rest_s", "f8"),
        ("entered_ms", "i8"),  # the rest: passages
        ("left_ms", "i8"),
        ("prompt_kmh", "f8"),
        ("entry_kmh", "f8"),
        ("lowest_kmh", "f8"),
        ("highest_kmh", "f8"),
        ("warned", "?"),  # an approach alert was raised for this passage
    ]
)
"""What a rule emits. Every field has a neutral value until the rule sets it (see ``emit``)."""


class Out(NamedTuple):
    """Where events go: a table with room to spare and how many stand in it."""

    events: NDArray[Any]
    """EVENT rows."""
    used: NDArray[np.int64]
    """One number: rows in use."""


@kernel
def emit(out: Out, fix: int, rule: int, what: int) -> int:
    """Append a neutral event and return its row in ``out.events``, for the rule to fill in."""
    k = out.used[0]
    out.used[0] = k + 1
    e = out.events[k]
    e.fix = fix
    e.rule = rule
    e.what = what
    e.reason = 0
    e.severity = 0
    e.retrospective = False
    e.segment = -1
    e.started_ms = NO_TIME
    e.since_ms = NO_TIME
    e.ended_ms = NO_TIME
    e.seq = 0
    e.limit_kmh = np.nan
    e.ahead_m = np.nan
    e.branch_m = np.nan
    e.worst_ms = NO_TIME
    e.worst_kmh = np.nan
    e.worst_pct = np.nan
    e.driven_s = np.nan
    e.form = NO_FORM
    e.subtype = 0
    e.priority = 9
    e.speak_ms = NO_TIME
    e.expires_ms = NO_TIME
    e.firm = False
    e.say_m = np.nan
    e.also_m = np.nan
    e.then = -1
    e.many = False
    e.mixed = False
    e.say_limit_kmh = np.nan
    e.say_kmh = np.nan
    e.remaining_s = np.nan
    e.rest_s = np.nan
    e.entered_ms = NO_TIME
    e.left_ms = NO_TIME
    e.prompt_kmh = np.nan
    e.entry_kmh = np.nan
    e.lowest_kmh = np.nan
    e.highest_kmh = np.nan
    e.warned = False
    return k
