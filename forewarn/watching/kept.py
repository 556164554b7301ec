"""The newest alerts, each once: what comes again under an id it has replaces what stood there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from alerts.record import Alert
from forewarn.cleaning import clean
from forewarn.simulate import is_simulated
from forewarn.watching.topic import Arrived
from forewarn.watching.words import every_language

NEWEST: Final = 5_000
"""Alerts that are kept: 16 MB, with two states each."""
STATES: Final = 30
"""States that are kept of one alert, the newest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert as it stands."""

    alert: Alert
    """Its newest state, by ``seq``."""
    states: tuple[Alert, ...]
    """The states that came, by ``seq``, the newest last."""
    left_out: int
    """Older states that are not kept."""
    carrier: str | None
    order: tuple[int, int]
    """When its first state was written, UTC epoch milliseconds, and which one it was of all: newer is greater."""
    text: str
    """All its words, for a search: case folded."""

    @property
    def spoken(self) -> Alert | None:
        """The newest state that carries a sentence, None where none does."""
        return _spoken(self.states)


class Kept:
    """The newest alerts of a stream."""

    def __init__(self, *, everything: bool = False, most: int = NEWEST) -> None:
        """Keep ``most`` alerts; those that carry no sentence only where ``everything`` is asked for."""
        self._everything, self._most = everything, most
        self._of: dict[str, Entry] = {}
        self._count = 0
        self.newest: list[Entry] = []
        """The alerts, newest first; a new list whenever one has changed."""
        self.left_out = 0
        """Alerts that had to make room for newer ones; one that comes again counts as a new one."""
        self.simulated = False
        """Whether any vehicle so far was a simulated one."""

    def take(self, arrived: Iterable[Arrived]) -> list[Arrived]:
        """Take in states; returns those with which an alert came that was not there."""
        new, changed = [], False
        for one in arrived:
            before = self._of.get(one.alert.id)
            if before is None and one.alert.prompt is None and not self._everything:
                continue
            entry = self._entry(one, before)
            if entry is None:
                continue
            self._of[one.alert.id] = entry
            changed = True
            if before is None:
                new.append(one)
        if changed:
            self.newest = sorted(self._of.values(), key=attrgetter("order"), reverse=True)
            for entry in self.newest[self._most :]:
                del self._of[entry.alert.id]
                self.left_out += 1
            del self.newest[self._most :]
        self.simulated = self.simulated or is_simulated(one.alert.vehicle for one in new)
        return new

    def _entry(self, one: Arrived, before: Entry | None) -> Entry | None:
        """Return the alert with a state more; None where that is known already."""
        alert = one.alert
        if before is None:
            self._count += 1
            text = _text(alert, (alert,), one.carrier)
            return Entry(alert, (alert,), 0, one.carrier, (one.received_ms, self._count), text)
        if any(state.seq == alert.seq for state in before.states):
            return None
        states = sorted((*before.states, alert), key=attrgetter("seq"))
        left_out = before.left_out + max(0, len(states) - STATES)
        kept = tuple(states[-STATES:])
        return Entry(kept[-1], kept, left_out, one.carrier, before.order, _text(kept[-1], kept, one.carrier))


def sought(entries: list[Entry], text: str) -> list[Entry]:
    """Return the alerts in which every word of the text stands, anywhere and in any case."""
    words = text.casefold().split()
    return [entry for entry in entries if all(word in entry.text for word in words)] if words else entries


def _spoken(states: tuple[Alert, ...]) -> Alert | None:
    return next((state for state in reversed(states) if state.prompt is not None), None)


def _text(alert: Alert, states: tuple[Alert, ...], carrier: str | None) -> str:
    segment, spoken = alert.segment, _spoken(states)
    coded = [("kind", alert.kind), ("state", alert.state), ("severity", alert.severity), ("reason", alert.reason)]
    words = [alert.id, alert.vehicle, alert.driver, carrier, alert.at]
    if segment is not None:
        coded.append(("place", segment.kind))
        words += [segment.id, segment.name]
    if spoken is not None and spoken.prompt is not None:
        coded.append(("form", spoken.prompt.form))
        words.append(spoken.prompt.text)
    words += [word for group, code in coded if code for word in every_language(group, code)]
    return clean("\t".join(word for word in words if word)).casefold()
