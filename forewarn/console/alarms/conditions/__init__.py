"""The conditions that become alarms, one module each, in one form; this table lists them."""

from __future__ import annotations

from typing import Final

from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.conditions.fatigue import Fatigue
from forewarn.console.alarms.conditions.ignoring import Ignoring
from forewarn.console.alarms.conditions.silent import Silent
from forewarn.console.alarms.conditions.speeding import Speeding
from forewarn.console.alarms.conditions.voice import Voice

CONDITIONS: Final[tuple[type, ...]] = (Fatigue, Speeding, Ignoring, Silent, Voice)
"""Their classes; each is the condition of one row of ``kinds.KINDS``."""


def conditions() -> list[Condition]:
    """Return one of each, with nothing known."""
    return [condition() for condition in CONDITIONS]
