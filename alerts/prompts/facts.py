"""What a sentence is made of: the facts that a rule knows when it raises a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FORMS: Final = ("advisory", "conditional", "plain", "sharper", "episode")
"""Forms of a prompt, by code; a passage gets each of the first four once at most, in this order."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts behind one sentence; the tables of a language turn them into words."""

    kind: str
    """What it is about: a segment's kind, or ``speeding``, ``fatigue``, ``position`` (of the vehicle: its receiver)."""
    form: str
    """One of ``FORMS``."""
    subtype: str | None = None
    """A finer kind: ``exit``, ``entry``, ``interchange``; ``level_crossing``; for fatigue ``ahead`` (the
    pre-warning), ``reached`` (the limit), ``still`` (the reminder), ``day``, ``night``, ``signs`` (that the cab's
    camera saw); for the position ``lost``, ``found``."""
    distance_m: float | None = None
    """Metres to the entry when the sentence begins; None at or behind it."""
    also_m: float | None = None
    """Metres to a second place of the same kind that shares this sentence; None where there is none."""
    then: tuple[str | None, str | None] | None = None
    """Kind and subtype of the one place of another kind that shares this sentence; None where there is none."""
    many: bool = False
    """True where several further ones share it."""
    mixed: bool = False
    """True where those are not all of one kind."""
    limit_kmh: float | None = None
    """The limit that applies there, km/h; None where there is none."""
    speed_kmh: float | None = None
    """The vehicle's own speed, km/h; None where not to be said."""
    remaining_s: float | None = None
    """Seconds until a driving-time limit is reached; None elsewhere."""
    driven_s: float | None = None
    """Seconds driven without the rest that the rule asks for; None elsewhere."""
    rest_s: float | None = None
    """Seconds of rest that the rule asks for; None elsewhere."""
    firm: bool = False
    """True for a driver who ignored warnings here before: the firmer wording."""
    advice: str | None = None
    """A segment's own sentence, spoken as written after cleaning."""
    miles: bool = False
    """True to speak of miles, feet and miles per hour."""
