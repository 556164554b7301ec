"""Sentences from tables: facts in, one breath of words out; a language is one module and one line here.

A language module has ``JOIN`` (between clauses), ``GLUE`` (between the phrases of a clause), ``BREATH`` and
``S_PER_UNIT`` (how many sounded units one breath holds, and how long one takes), ``units`` (counts them), ``variants``
(the clauses of a sentence, fullest first), ``distance`` (one in words), ``read`` (puts figures into words) and
``reads`` (tells whether a text can be read in it). Its wordings carry ``SEAM`` wherever one recorded phrase may end and
the next begin; no sentence shows it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from types import ModuleType
from typing import Final

from alerts.prompts import en, zh
from alerts.prompts.advice import clean, spoken
from alerts.prompts.facts import FORMS, Facts
from alerts.prompts.rounding import FEET, M_PER_FOOT, METRES
from alerts.prompts.seams import seamless

LANGUAGES: Final[dict[str, ModuleType]] = {"zh": zh, "en": en}
"""Language code to module."""
ADVISED: Final = ("advisory", "conditional", "plain")
"""Forms in which a segment's own advice is spoken instead of the table's sentence."""
OWN_WORDS: Final = ("speeding", "fatigue", "position")
"""Kinds that are no places, so that no segment's advice is theirs."""
PAUSE_S: Final = 0.5
"""What a sentence takes besides its words (DESIGN, When to speak)."""


@lru_cache(maxsize=8192)
def sentence(language: str, facts: Facts) -> str:
    """Return the sentence as it is spoken: numbers in words, at most one breath; the same facts give the same words.

    Raises ValueError for a language or a form that no table has.
    """
    tongue = _language(language)
    if facts.advice and facts.form in ADVISED and facts.kind not in OWN_WORDS:
        text = spoken(tongue, facts.advice, _longest_units(language, facts.kind, facts.form))
        if text:
            return text
    return str(tongue.JOIN.join(clauses(language, facts)))


def clauses(language: str, facts: Facts) -> tuple[str, ...]:
    """Return the clauses that the sentence joins: the fullest wording that one breath holds."""
    tongue = _language(language)
    if facts.form not in FORMS:
        raise ValueError(f"no form of a prompt: {facts.form!r}; there are {', '.join(FORMS)}")
    wordings: list[tuple[str, ...]] = tongue.variants(facts)
    chosen = next((w for w in wordings if _units(tongue, w) <= tongue.BREATH), wordings[-1])
    return tuple(seamless(tongue.GLUE, clause) for clause in chosen)


def readable(language: str, text: str) -> str:
    """Return any text as it is given to a synthesiser: cleaned, and every figure in words."""
    return str(_language(language).read(clean(text)))


def speech_s(language: str, text: str) -> float:
    """Return the seconds that a sentence may take to speak, the same for every voice (DESIGN, When to speak)."""
    tongue = _language(language)
    return float(tongue.units(text) * tongue.S_PER_UNIT + PAUSE_S)


@cache
def speech_bound_s(language: str, kind: str, form: str) -> float:
    """Return the seconds that the longest sentence of this kind and form may take, over all that the tables hold.

    Each wording is taken with the longest words that its fields can have, and cut to the one breath that is spoken.
    """
    return float(_longest_units(language, kind, form) * _language(language).S_PER_UNIT + PAUSE_S)


@cache
def _longest_units(language: str, kind: str, form: str) -> int:
    tongue = _language(language)
    longest = max(_units(tongue, w) for facts in _longest(tongue, kind, form) for w in tongue.variants(facts))
    return min(longest, int(tongue.BREATH))


def _longest(tongue: ModuleType, kind: str, form: str) -> list[Facts]:
    """Return facts that bring out the longest wordings: each field unknown, or with its longest words."""
    if kind == "fatigue":
        fields = [
            Facts(kind, form, driven_s=driven, remaining_s=left, rest_s=rest)
            for driven, left, rest in product((None, LONGEST_S), repeat=3)
        ]
    else:
        fields = [
            Facts(
                kind,
                form,
                distance_m=near,
                also_m=also,
                then=then,
                many=many,
                limit_kmh=limit,
                speed_kmh=speed,
                miles=miles,
            )
            for miles in (False, True)
            for near, also in product((None, _farthest_m(tongue, miles)), repeat=2)
            for then, many in ((None, False), (None, True), *(((k, t), False) for k, t in _then(kind)))
            for limit, speed in product((None, LONGEST_KMH), repeat=2)
        ]
    return [
        replace(facts, subtype=subtype, firm=firm)
        for facts in fields
        for subtype in (None, *SUBTYPES.get(kind, ()))
        for firm in (False, True)
    ]


def _then(kind: str) -> list[tuple[str, str | None]]:
    """Return the kinds and subtypes of places that may share the sentence of another kind."""
    if kind in (*OWN_WORDS, "ramp"):
        return []
    return [(other, sub) for other in SUBTYPES if other not in (*OWN_WORDS, "ramp") for sub in (None, *SUBTYPES[other])]


@cache
def _farthest_m(tongue: ModuleType, miles: bool) -> float:
    """Return the distance that takes the most words, metres."""
    choices = [feet * M_PER_FOOT for feet in FEET] if miles else [float(metres) for metres in METRES]
    return max(choices, key=lambda metres: int(tongue.units(tongue.distance(metres, miles))))


LONGEST_KMH: Final = 125.0
"""A speed as long in words as any, in km/h and, converted, in miles per hour."""
LONGEST_S: Final = 21 * 3600.0 + 25 * 60.0
"""A time as long in words as any."""
SUBTYPES: Final = {
    "ramp": ("exit", "entry", "interchange"),
    "unsignalled_crossing": ("road", "level_crossing"),
    "village_road": (),
    "fatigue": ("ahead", "reached", "still", "day", "night", "signs"),
    "position": ("lost", "found"),
}
"""The finer kinds that the tables of every language tell apart."""


def _language(code: str) -> ModuleType:
    tongue = LANGUAGES.get(code)
    if tongue is None:
        raise ValueError(f"no language {code!r}; there are {', '.join(LANGUAGES)}")
    return tongue


def _units(tongue: ModuleType, wording: tuple[str, ...]) -> int:
    return int(tongue.units(tongue.JOIN.join(wording)))
