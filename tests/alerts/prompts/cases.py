"""Facts of every kind, form, subtype and wording, for tests over the whole of the tables."""

from __future__ import annotations

from functools import cache
from itertools import product

from alerts.prompts import SUBTYPES, sentence
from alerts.prompts.facts import FORMS, Facts

PLACES = ("ramp", "unsignalled_crossing", "village_road", "steep_grade")
"""The kinds that the tables know, and one that only a user's file knows."""
DISTANCES_M = (None, 12.0, 60.0, 152.0, 250.0, 430.0, 700.0, 990.0, 1210.0, 2000.0, 9870.0, 40_000.0)
LIMITS_KMH = (None, 5.0, 30.0, 40.0, 48.28, 105.0, 125.0)
SPEEDS_KMH = (None, 72.4, 118.0)
ALONE = (None, None, False, False)
SHARINGS = (
    (1230.0, None, False, False),
    (None, ("village_road", None), False, False),
    (None, ("unsignalled_crossing", "level_crossing"), False, False),
    (None, None, True, False),
    (None, None, True, True),
)
"""Ways in which other places share a sentence."""
SHARED = ("advisory", "conditional", "plain")
"""Forms of a sentence that several places may share."""
TIMES_S = (None, 0.0, 200.0, 1500.0, 1800.0, 7200.0, 12_600.0, 13_500.0, 80_000.0)


def places() -> list[Facts]:
    """Return facts about places, and about speeding."""
    return [
        Facts(kind, form, subtype, near, also, then, many, mixed, limit, own, firm=firm, miles=miles)
        for kind in (*PLACES, "speeding")
        for subtype in (None, *SUBTYPES.get(kind, ()), "of_a_file")
        for form, near, limit, own in product(FORMS, DISTANCES_M, LIMITS_KMH, SPEEDS_KMH)
        for also, then, many, mixed in (ALONE, *(SHARINGS if form in SHARED and kind != "speeding" else ()))
        for firm, miles in product((False, True), repeat=2)
    ]


def fatigue() -> list[Facts]:
    """Return facts about driving time."""
    return [
        Facts("fatigue", "episode", subtype, driven_s=driven, remaining_s=left, rest_s=rest, firm=firm)
        for subtype in (None, *SUBTYPES["fatigue"])
        for driven, left, rest in product(TIMES_S, (None, 240.0, 1800.0), (None, 1200.0, 2700.0, 39_600.0))
        for firm in (False, True)
    ]


def position() -> list[Facts]:
    """Return facts about the receiver."""
    return [Facts("position", "episode", subtype) for subtype in SUBTYPES["position"]]


@cache
def spoken(language: str) -> tuple[tuple[Facts, str], ...]:
    """Return all these facts with their sentences."""
    return tuple((facts, sentence(language, facts)) for facts in places() + fatigue() + position())


def some(language: str, count: int) -> list[str]:
    """Return about so many different sentences, spread evenly over all."""
    texts = sorted({text for _, text in spoken(language)})
    return texts[:: len(texts) // count]
