"""Every phrase that the tables of a language can produce: what is to be recorded so that any sentence can be joined.

A phrase holds one figure at most (that is what the seams are for), so that each figure is taken through all its values
while the others stand still. Whole orders are kept for the limits that stand on signs; any other limit is joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Final

from alerts.prompts import LANGUAGES, OWN_WORDS, SUBTYPES
from alerts.prompts.facts import FORMS, Facts
from alerts.prompts.rounding import DAY_S, FASTEST_KMH, FEET, KM_PER_MILE, M_PER_FOOT, METRES, MPH_STEP, spoken_limit
from alerts.prompts.seams import cut

SIGNED: Final = frozenset(range(5, 125, 5))
"""Limits that stand on signs, km/h or miles per hour."""
SPEEDS_KMH: Final = tuple(float(kmh) for kmh in range(3, round(FASTEST_KMH) + 1))
MINUTES: Final = (*range(1, 5), *range(5, round(DAY_S / 60) + 1, 5))
"""Times that are spoken (``rounding.spoken_min``)."""
UNKNOWN: Final = "unknown"
"""A kind that the tables do not know, as any file may bring one."""
_A_LIMIT: Final = 40.0
_SHARINGS: Final[tuple[tuple[float | None, bool, bool], ...]] = (
    (None, False, False),
    (600.0, False, False),
    (1500.0, False, False),
    (None, True, False),
    (None, True, True),
)
"""Distance to a second place, many, mixed."""


@cache
def phrases(language: str) -> tuple[str, ...]:
    """Return the phrases in the order in which the tables bring them, each once; raises KeyError for no language."""
    tongue = LANGUAGES[language]
    found: dict[str, None] = {}
    position = (Facts("position", "episode", subtype) for subtype in SUBTYPES["position"])
    for facts in (*_places(), *_fatigue(), *position):
        limit = spoken_limit(facts.limit_kmh, facts.miles)
        for wording in tongue.variants(facts):
            for clause in wording:
                for joined in clause.split(tongue.JOIN):
                    found.update(dict.fromkeys(cut(tongue.GLUE, joined, soft=True)))
                    if limit is None or limit in SIGNED:
                        found.update(dict.fromkeys(cut(tongue.GLUE, joined, soft=False)))
    return tuple(found)


def _places() -> Iterator[Facts]:
    """Yield facts about places and speeding: every wording with one figure of each sort, then every figure."""
    kinds = [(kind, sub) for kind in SUBTYPES if kind not in OWN_WORDS for sub in (None, *SUBTYPES[kind])]
    thens = [None, *((kind, sub) for kind, sub in kinds if kind != "ramp"), (UNKNOWN, None)]
    for (kind, sub), form, firm in product([*kinds, (UNKNOWN, None), ("speeding", None)], FORMS, (False, True)):
        base = Facts(kind, form, sub, firm=firm)
        for (also, many, mixed), near, limit in product(_SHARINGS, (None, 400.0), (None, _A_LIMIT)):
            yield replace(base, also_m=also, many=many, mixed=mixed, distance_m=near, limit_kmh=limit)
        for then, near in product(thens, (None, 400.0)):
            yield replace(base, then=then, distance_m=near, limit_kmh=_A_LIMIT)
        for limit, miles in product(SPEEDS_KMH, (False, True)):
            yield replace(base, distance_m=400.0, limit_kmh=limit, speed_kmh=limit, miles=miles)
    for miles, steps in ((False, METRES), (True, FEET)):
        for metres in (step * (M_PER_FOOT if miles else 1.0) for step in steps):
            for near, also in ((metres, None), (metres, 600.0), (metres, 2000.0), (400.0, metres), (2000.0, metres)):
                yield Facts("ramp", "conditional", None, near, also, limit_kmh=_A_LIMIT, miles=miles)
    for mph in range(MPH_STEP, 125, MPH_STEP):
        yield Facts("speeding", "episode", limit_kmh=mph * KM_PER_MILE, miles=True)


def _fatigue() -> Iterator[Facts]:
    for subtype, firm, seconds in product((None, *SUBTYPES["fatigue"]), (False, True), _seconds()):
        for driven, left, rest in (
            (None, None, None),
            (seconds, None, None),
            (None, seconds, None),
            (None, None, seconds),
        ):
            yield Facts("fatigue", "episode", subtype, driven_s=driven, remaining_s=left, rest_s=rest, firm=firm)


def _seconds() -> Iterable[float]:
    return [minutes * 60.0 for minutes in MINUTES]
