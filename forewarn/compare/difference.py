"""The difference in numbers: by kind of alert and place, and by segment, with examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from forewarn.compare.pairing import Pair, Said

EXAMPLES: Final = 3
"""Examples of each verdict that a segment keeps: the first ones."""


@dataclass(slots=True)
class Counts:
    """How many prompts, and what became of them."""

    one: int = 0
    two: int = 0
    lost: int = 0
    gained: int = 0
    changed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    """Of the changed ones, by what differs."""

    def add(self, pair: Pair, *, one: bool = True, two: bool = True) -> None:
        """Count one pair; ``one`` and ``two`` say whose prompt belongs here."""
        self.one += one and pair.one is not None
        self.two += two and pair.two is not None
        self.lost += pair.verdict == "lost"
        self.gained += pair.verdict == "gained"
        self.changed += pair.verdict == "changed"
        self.changes.update(pair.changes)

    @property
    def differing(self) -> int:
        """How many prompts differ."""
        return self.lost + self.gained + self.changed


@dataclass(slots=True)
class Place:
    """What differs at one segment; for alerts of other kinds than approach everything of that kind."""

    id: str | None
    name: str
    kind: str
    counts: Counts = field(default_factory=Counts)
    examples: defaultdict[str, list[Pair]] = field(default_factory=lambda: defaultdict(list))
    """By verdict."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs."""

    kinds: dict[str, Counts]
    """By kind of alert and, for approaches, of the segment, such as ``approach ramp``."""
    places: list[Place]
    """Those at which anything differs, most first."""
    vehicles: int
    """Vehicles for whom anything differs."""


def difference_of(pairs: Iterable[Pair]) -> Difference:
    """Return what differs between two sides."""
    kinds: defaultdict[str, Counts] = defaultdict(Counts)
    places: dict[str, Place] = {}
    vehicles: set[str] = set()
    for pair in pairs:
        # a pair of two ids is counted where the second side has it: that is the file one would go on with
        said = pair.two or pair.one
        assert said is not None  # noqa: S101  # a pair has at least one
        there = [said] if not pair.elsewhere or pair.one is None else [pair.one, said]
        for at in there:
            own = {"one": at is pair.one, "two": at is pair.two} if len(there) > 1 else {}
            place = _place(places, at)
            place.counts.add(pair, **own)
            if pair.verdict != "same" and len(place.examples[pair.verdict]) < EXAMPLES:
                place.examples[pair.verdict].append(pair)
        for kind in dict.fromkeys(map(_kind, there)):
            kinds[kind].add(pair, **_sides(pair, kind))
        if pair.verdict != "same":
            vehicles.add(said.vehicle)
    changed = [place for place in places.values() if place.counts.differing]
    changed.sort(key=lambda place: (-place.counts.differing, place.kind, place.id or ""))
    return Difference(dict(sorted(kinds.items())), changed, len(vehicles))


def _sides(pair: Pair, kind: str) -> dict[str, bool]:
    """Tell which of the two prompts of a pair are of the kind."""
    if not pair.elsewhere or pair.one is None or pair.two is None:
        return {}
    return {"one": _kind(pair.one) == kind, "two": _kind(pair.two) == kind}


def content(difference: Difference) -> dict[str, Any]:
    """Return the difference ready for JSON; the sides are ``a`` and ``b``."""
    return {
        "kinds": {kind: _numbers(counts) for kind, counts in difference.kinds.items()},
        "segments": [
            {
                "id": place.id,
                "name": place.name,
                "kind": place.kind,
                **_numbers(place.counts),
                "examples": [_example(pair) for pairs in place.examples.values() for pair in pairs],
            }
            for place in difference.places
        ],
        "vehicles": difference.vehicles,
    }


def _kind(said: Said) -> str:
    return f"approach {said.segment.kind}" if said.kind == "approach" and said.segment is not None else said.kind


def _place(places: dict[str, Place], said: Said) -> Place:
    if said.kind == "approach" and said.segment is not None:
        key, place = f"segment {said.segment.id}", Place(said.segment.id, said.segment.name, said.segment.kind)
    else:
        key, place = f"kind {said.kind}", Place(None, said.kind, said.kind)
    return places.setdefault(key, place)


def _numbers(counts: Counts) -> dict[str, Any]:
    return {
        "prompts_a": counts.one,
        "prompts_b": counts.two,
        "lost": counts.lost,
        "gained": counts.gained,
        "changed": counts.changed,
        "changes": dict(counts.changes.most_common()),
    }


def _example(pair: Pair) -> dict[str, Any]:
    said = pair.one or pair.two
    assert said is not None  # noqa: S101  # a pair has at least one
    return {
        "verdict": pair.verdict,
        "changes": list(pair.changes),
        "vehicle": said.vehicle,
        "a": None if pair.one is None else _one(pair.one),
        "b": None if pair.two is None else _one(pair.two),
    }


def _one(said: Said) -> dict[str, Any]:
    prompt = said.prompt
    return {"at": said.at, "form": prompt.form, "text": prompt.text, "speak_at": prompt.speak_at}
