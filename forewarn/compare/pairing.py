"""The same prompt on both sides: of one vehicle, at one place, at about one time; what is left was lost or gained."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alerts.record import Alert, Prompt
from forewarn.records import SegmentRef, seconds

WINDOW_S: Final = 180.0
"""Prompts of one vehicle for one place further apart are of two passages; the judge's "found" reaches as far."""
INSTEAD_S: Final = 20.0
"""Prompts for two places this close take each other's turn: exits that share a sentence, or the nearer of two."""
MOVED_S: Final = 2.0
"""A prompt that begins by more than this earlier or later has moved."""


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt that was not taken back before it was due."""

    vehicle: str
    kind: str
    """Of the alert, such as ``approach``."""
    segment: SegmentRef | None
    at: str
    """When it was raised."""
    prompt: Prompt
    begins_s: float
    """``speak_at``, UTC epoch seconds."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What one side says and the other says instead; one of them None where nothing stands against it."""

    one: Said | None
    two: Said | None
    elsewhere: bool = False
    """Whether they speak of two places: at the same moment the driver hears of another one."""

    @property
    def verdict(self) -> str:
        """``lost``, ``gained``, ``changed`` or ``same``."""
        if self.two is None:
            return "lost"
        if self.one is None:
            return "gained"
        return "changed" if self.changes else "same"

    @property
    def changes(self) -> tuple[str, ...]:
        """What differs: ``place``, ``form``, ``sentence``, ``earlier`` or ``later``."""
        if self.one is None or self.two is None:
            return ()
        moved_s = self.two.begins_s - self.one.begins_s
        found = ["place"] if self.elsewhere else []
        if self.one.prompt.form != self.two.prompt.form:
            found.append("form")
        elif self.one.prompt.text != self.two.prompt.text:
            found.append("sentence")
        if abs(moved_s) > MOVED_S:
            found.append("earlier" if moved_s < 0.0 else "later")
        return tuple(found)


def said_of(alerts: Iterable[Alert]) -> list[Said]:
    """Return the prompts of alerts in their order, without those that were withdrawn before they were due."""
    last: dict[str, Said] = {}
    kept: dict[int, Said] = {}
    for alert in alerts:
        if alert.state == "withdrawn":
            due = last.pop(alert.id, None)
            if due is not None and due.prompt.speak_at > alert.at:
                kept.pop(id(due), None)
        if alert.prompt is not None:
            begins_s = seconds(alert.prompt.speak_at) or 0.0
            one = Said(alert.vehicle, alert.kind, alert.segment, alert.at, alert.prompt, begins_s)
            last[alert.id] = one
            kept[id(one)] = one
    return list(kept.values())


def paired(one: Sequence[Said], two: Sequence[Said], same_place: Mapping[str, str]) -> list[Pair]:
    """Return every prompt of both sides once, in order of time and vehicle.

    ``same_place`` gives for segments of the first side the id of the second. Only approach prompts belong to a place;
    those for speeding and fatigue are told apart by kind and time. Of what may be a pair the same form goes first, then
    the nearest in time. What is left of approaches is then paired with what the other side has for the same vehicle at
    the same moment about another place.
    """
    groups: defaultdict[tuple[str, str, str], tuple[list[Said], list[Said]]] = defaultdict(lambda: ([], []))
    for side, prompts in enumerate((one, two)):
        for said in prompts:
            groups[_key(said, same_place if side == 0 else None)][side].append(said)
    pairs = [pair for left, right in groups.values() for pair in _paired(left, right, WINDOW_S)]
    return sorted(_with_others(pairs), key=_order)


def _with_others(pairs: list[Pair]) -> list[Pair]:
    """Pair what was lost at one place with what was gained at another for the same vehicle at the same moment."""
    left: defaultdict[str, tuple[list[Said], list[Said]]] = defaultdict(lambda: ([], []))
    settled = []
    for pair in pairs:
        said = pair.one or pair.two
        if said is None or said.kind != "approach" or (pair.one is not None and pair.two is not None):
            settled.append(pair)
        else:
            left[said.vehicle][0 if pair.two is None else 1].append(said)
    for lost, gained in left.values():
        for pair in _paired(lost, gained, INSTEAD_S):
            both = pair.one is not None and pair.two is not None
            settled.append(Pair(pair.one, pair.two, elsewhere=both))
    return settled


def _key(said: Said, same_place: Mapping[str, str] | None) -> tuple[str, str, str]:
    if said.kind != "approach" or said.segment is None:
        return said.vehicle, said.kind, ""
    if same_place is None:
        return said.vehicle, said.kind, said.segment.id
    # what the other file does not have must never meet one of its ids
    return said.vehicle, said.kind, same_place.get(said.segment.id, f"\0{said.segment.id}")


def _paired(left: list[Said], right: list[Said], window_s: float) -> list[Pair]:
    """Return every prompt once: the same form first, then the nearest in time, within ``window_s``."""
    right = sorted(right, key=lambda said: said.begins_s)
    begins = [said.begins_s for said in right]
    costs = []
    for at, a in enumerate(left):
        first = bisect_left(begins, a.begins_s - window_s)
        for to in range(first, bisect_right(begins, a.begins_s + window_s)):
            costs.append((a.prompt.form != right[to].prompt.form, abs(a.begins_s - begins[to]), at, to))
    costs.sort()
    pairs: list[Pair] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, _, at, to in costs:
        if at not in taken[0] and to not in taken[1]:
            taken[0].add(at)
            taken[1].add(to)
            pairs.append(Pair(left[at], right[to]))
    pairs += [Pair(a, None) for at, a in enumerate(left) if at not in taken[0]]
    pairs += [Pair(None, b) for to, b in enumerate(right) if to not in taken[1]]
    return pairs


def _order(pair: Pair) -> tuple[float, str, str]:
    said = pair.one or pair.two
    assert said is not None  # noqa: S101  # a pair has at least one
    return said.begins_s, said.vehicle, said.kind
