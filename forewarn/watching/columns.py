"""The table of alerts: its columns, which of them a width has room for, and what stands in them.

The signs are of one cell in every terminal: characters of ambiguous width, such as arrows and dots, would shift the
lines of Chinese ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from alerts.record import Alert
from forewarn.cleaning import clean
from forewarn.watching.kept import Entry
from forewarn.watching.moments import Moments
from forewarn.watching.words import Words

STATE_SIGNS: Final = {"raised": "▸", "updated": "↻", "withdrawn": "✗", "cleared": "✓"}
SEVERITY_SIGNS: Final = {"info": "", "minor": "!", "major": "!!", "critical": "!!!"}
"""From the least to the worst."""
WEIGHT_OF_PRIORITY: Final = {1: "critical", 2: "major", 3: "minor"}
"""As what severity a sentence counts by its priority; any other is for information."""
NONE: Final = "-"
"""Stands where nothing is known."""
GAP: Final = 1
"""Cells between two columns."""


def sign(alert: Alert) -> str:
    """Return the sign of a state."""
    return STATE_SIGNS.get(alert.state, "?")


def weight(entry: Entry) -> str:
    """Return how much an alert weighs, a severity: that of the record or that of its last sentence, the greater one."""
    spoken, ranks = entry.spoken, list(SEVERITY_SIGNS)
    told = [entry.alert.severity] if entry.alert.severity in ranks else []
    if spoken is not None and spoken.prompt is not None and spoken.prompt.priority in WEIGHT_OF_PRIORITY:
        told.append(WEIGHT_OF_PRIORITY[spoken.prompt.priority])
    return max(told, key=ranks.index, default=ranks[0])


class Cells:
    """What stands in each column, a method a column, in one language and one zone; all fit for a terminal."""

    def __init__(self, words: Words, moments: Moments) -> None:
        """Take both."""
        self._words, self._moments = words, moments

    def date(self, entry: Entry) -> str:
        """Return month and day of the first state."""
        return self._moments.date(entry.states[0].at)

    def time(self, entry: Entry) -> str:
        """Return the time of the first state."""
        return self._moments.time(entry.states[0].at)

    def priority(self, entry: Entry) -> str:
        """Return the priority of the sentence and the sign of the severity, such as ``1 !!!``."""
        spoken = entry.spoken
        number = str(spoken.prompt.priority) if spoken is not None and spoken.prompt is not None else NONE
        return f"{number} {SEVERITY_SIGNS.get(entry.alert.severity, '?')}"

    def kind(self, entry: Entry) -> str:
        """Return what it is about."""
        return self._words.code("kind", entry.alert.kind)

    def sign(self, entry: Entry) -> str:
        """Return the sign of the state."""
        return sign(entry.alert)

    def state(self, entry: Entry) -> str:
        """Return sign and word of the state."""
        return f"{sign(entry.alert)} {self._words.code('state', entry.alert.state)}"

    def vehicle(self, entry: Entry) -> str:
        """Return the vehicle."""
        return clean(entry.alert.vehicle)

    def driver(self, entry: Entry) -> str:
        """Return the driver."""
        return clean(entry.alert.driver or NONE)

    def carrier(self, entry: Entry) -> str:
        """Return the carrier."""
        return clean(entry.carrier or NONE)

    def speed(self, entry: Entry) -> str:
        """Return speed and limit in km/h, such as ``87/80``."""
        return f"{_rounded(entry.alert.speed_kmh)}/{_rounded(entry.alert.limit_kmh)}"

    def place(self, entry: Entry) -> str:
        """Return the name of the segment."""
        return clean(entry.alert.segment.name) if entry.alert.segment is not None else NONE

    def sentence(self, entry: Entry) -> str:
        """Return the sentence spoken last; where there is none, why, in brackets."""
        spoken, reason = entry.spoken, entry.alert.reason
        if spoken is not None and spoken.prompt is not None:
            return clean(spoken.prompt.text)
        return f"({self._words.code('reason', reason)})" if reason else NONE


def _rounded(value: float | None) -> str:
    return NONE if value is None else f"{value:.0f}"


class Column(NamedTuple):
    """One column."""

    name: str
    """Its title is the word ``column.NAME``."""
    width: int
    """Cells; the least of a column that grows."""
    grows: int
    """Its share of the cells that are left over."""
    shown_from: int
    """Cells that the table must have for it."""
    text: Callable[[Cells, Entry], str]


COLUMNS: Final = (
    Column("date", 5, 0, 124, Cells.date),
    Column("time", 8, 0, 0, Cells.time),
    Column("priority", 5, 0, 0, Cells.priority),
    Column("kind", 8, 0, 0, Cells.kind),
    Column("sign", 1, 0, 0, Cells.sign),
    Column("state", 11, 0, 110, Cells.state),
    Column("vehicle", 10, 1, 0, Cells.vehicle),
    Column("driver", 10, 1, 116, Cells.driver),
    Column("carrier", 16, 1, 132, Cells.carrier),
    Column("speed", 9, 0, 0, Cells.speed),
    Column("place", 16, 4, 92, Cells.place),
    Column("sentence", 20, 9, 0, Cells.sentence),
)
"""From left to right. ``sign`` gives way to ``state``, which has both sign and word."""


def laid_out(width: int) -> list[tuple[Column, int]]:
    """Return the columns for which so many cells have room, each with its own width in cells."""
    shown = [column for column in COLUMNS if column.shown_from <= width]
    if any(column.name == "state" for column in shown):
        shown = [column for column in shown if column.name != "sign"]
    left = max(0, width - sum(column.width for column in shown) - GAP * (len(shown) - 1))
    shares = sum(column.grows for column in shown)
    laid = [(column, column.width + left * column.grows // shares) for column in shown]
    rest = width - sum(cells for _, cells in laid) - GAP * (len(laid) - 1)
    last, cells = laid[-1]
    return [*laid[:-1], (last, max(1, cells + rest))]
