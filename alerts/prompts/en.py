"""The sentences in English: tables of nouns and orders, and the clauses that each kind and form is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from alerts.prompts.en_numbers import cardinal, decimal
from alerts.prompts.en_reading import read
from alerts.prompts.facts import Facts
from alerts.prompts.rounding import QUARTER_MILE_FT, spoken_ft, spoken_limit, spoken_m, spoken_min, spoken_speed

__all__ = ["BREATH", "GLUE", "JOIN", "S_PER_UNIT", "distance", "read", "reads", "units", "variants"]

JOIN: Final = ", "
GLUE: Final = " "
"""What stands between the phrases of a clause."""
BREATH: Final = 15
"""Words that one breath holds (DESIGN, When to speak)."""
S_PER_UNIT: Final = 0.40
"""Seconds a word takes (DESIGN, When to speak)."""

UNSEEN: Final = ("accident blackspot", "blackspot", "take care")
PLACES: Final[dict[tuple[str | None, str | None], tuple[str, str, str]]] = {
    ("ramp", None): ("ramp", "ramp", ""),
    ("ramp", "exit"): ("exit ramp", "ramp", ""),
    ("ramp", "entry"): ("entry ramp", "ramp", ""),
    ("ramp", "interchange"): ("interchange ramp", "ramp", ""),
    ("unsignalled_crossing", None): ("uncontrolled crossing", "crossing", "watch for traffic"),
    ("unsignalled_crossing", "level_crossing"): ("level crossing", "level crossing", "watch for trains"),
    ("village_road", None): ("village", "village", "watch for people"),
}
"""Kind and subtype to: the place from afar, the place when there, what to look out for."""
TURNS: Final = {"exit": ("exits", "if leaving")}
"""A ramp's subtype to: a name short enough to share a sentence, and the condition of its order."""
TURN: Final = ("ramps", "if taking it")
POSITION: Final = {
    "lost": ("satellite position lost", "warnings are paused"),
    "found": ("satellite position is back", "warnings go on"),
}
"""What became of the receiver's fixes, and so of the warnings."""

LATIN_END: Final = "\u0250"
"""The first letter behind the Latin ones."""
_SOUNDED: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def units(text: str) -> int:
    """Return how many words are sounded; the halves of a hyphenated word count each."""
    return len(_SOUNDED.findall(text))


def reads(text: str) -> bool:
    """Tell whether a text is one that this language can read: it has Latin letters and no others."""
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and all(character < LATIN_END for character in letters)


def distance(distance_m: float | None, miles: bool) -> str:
    """Return the distance in words, empty where none is worth saying: four hundred metres, a quarter mile."""
    if miles:
        feet = spoken_ft(distance_m)
        if feet is None:
            return ""
        named = {1: "a quarter mile", 2: "half a mile", 3: "three quarters of a mile", 4: "one mile"}
        if feet % QUARTER_MILE_FT == 0 and feet // QUARTER_MILE_FT in named:
            return named[feet // QUARTER_MILE_FT]
        if feet < 2000:
            return (f"{cardinal(feet // 100)} hundred" if feet > 1000 else cardinal(feet)) + " feet"
        return _tenths(round(feet / 528)) + " miles"
    metres = spoken_m(distance_m)
    if metres is None:
        return ""
    if metres < 1000:
        return cardinal(metres) + " metres"
    return "one kilometre" if metres == 1000 else _tenths(round(metres / 100)) + " kilometres"


def _tenths(tenths: int) -> str:
    whole, rest = divmod(tenths, 10)
    if whole == 0:
        return f"point {cardinal(rest)}"
    return decimal(f"{whole}.{rest}") if rest else cardinal(whole)


def duration(minutes: int) -> str:
    """Return a time in words: four hours, three and a half hours, three hours forty-five, twenty minutes."""
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return "one minute" if rest == 1 else f"{cardinal(rest)} minutes"
    if rest == 30:
        return f"{cardinal(hours)} and a half hours"
    whole = "one hour" if hours == 1 else f"{cardinal(hours)} hours"
    return f"{whole}|{cardinal(rest)}" if rest else whole


def variants(facts: Facts) -> list[tuple[str, ...]]:
    """Return the clauses of the sentence, the fullest wording first, each further one shorter."""
    if facts.many or facts.then is not None or _both(facts):
        alone = replace(facts, also_m=None, then=None, many=False, mixed=False)
        return [*_wordings(facts), *_wordings(replace(facts, limit_kmh=None, speed_kmh=None)), *_wordings(alone)]
    return _wordings(facts)


def _wordings(facts: Facts) -> list[tuple[str, ...]]:
    if facts.kind == "fatigue":
        return _fatigue(facts)
    if facts.kind == "position":
        return [POSITION.get(facts.subtype or "", POSITION["lost"])]
    limit = _number(spoken_limit(facts.limit_kmh, facts.miles))
    if facts.form == "sharper":
        return [("too fast again" if facts.firm else "too fast", f"slow to {limit}¦now" if limit else "slow down now")]
    if facts.kind == "speeding":
        return _speeding(facts, limit)
    far, near, caution = _place((facts.kind, facts.subtype))
    away = distance(facts.distance_m, facts.miles)
    ahead = _ahead(facts, away, far)
    if facts.then is not None:
        then = _place(facts.then)[0]
        ahead = f"{ahead}, then {then}" if away else f"{far}|and {then} ahead"
    if facts.form == "advisory":
        return [(ahead, f"limit {limit}"), (ahead,)] if limit else [(ahead, caution) if caution else (ahead,)]
    if facts.form == "conditional":
        return _ramp(facts, ahead, limit) if facts.kind == "ramp" else [(ahead, _must(facts, caution))]
    there = (ahead, f"limit {limit}") if limit else (ahead,)
    if facts.distance_m is None and not (facts.many or facts.then):
        there = (f"{near}|limit {limit}" if limit else near,)
    slow = (_order(facts, "slow down"),)
    tail = slow if limit or not caution else (*slow, caution)
    return [*_with_speed(facts, there, tail), (*there, *slow)]


def _both(facts: Facts) -> bool:
    """Tell whether the distances to two places can be said."""
    return bool(distance(facts.distance_m, facts.miles) and distance(facts.also_m, facts.miles))


def _ahead(facts: Facts, away: str, name: str) -> str:
    """Return where the place is, with those that share its sentence."""
    also = distance(facts.also_m, facts.miles)
    if _both(facts) and not facts.many:
        first = away.removesuffix(" metres") if also.endswith(" metres") else away
        return f"{name}|in {first}|and {also}"
    there = f"{name}|in {away}" if away else f"{name} ahead"
    return f"{there}|and more after it" if facts.many and away else f"{name}|and more ahead" if facts.many else there


def _place(what: tuple[str | None, str | None]) -> tuple[str, str, str]:
    return PLACES.get(what) or PLACES.get((what[0], None)) or UNSEEN


def _number(value: int | None) -> str:
    return "" if value is None else cardinal(value)


def _order(facts: Facts, what: str) -> str:
    return f"{what} now" if facts.firm else what


def _must(facts: Facts, what: str) -> str:
    return f"you must¦{what}" if facts.firm else what


def _with_speed(facts: Facts, there: tuple[str, ...], tail: tuple[str, ...]) -> list[tuple[str, ...]]:
    own = spoken_speed(facts.speed_kmh, facts.miles)
    said = [(*there, f"you are doing {cardinal(own)}", *tail)] if own is not None else []
    return [*said, (*there, *tail)]


def _ramp(facts: Facts, ahead: str, limit: str) -> list[tuple[str, ...]]:
    name, turn = TURNS.get(facts.subtype or "", TURN)
    slow = _must(facts, f"slow to {limit}¦{turn}" if limit else f"slow down {turn}")
    if facts.many or _both(facts):
        name = _place((facts.kind, facts.subtype))[0] if facts.mixed else name
        joint = _ahead(facts, distance(facts.distance_m, facts.miles), name)
        return [(joint, slow), (joint, f"slow down {turn}")]
    return [*_with_speed(facts, (ahead,), (slow,)), (ahead, f"slow down {turn}")]


def _speeding(facts: Facts, limit: str) -> list[tuple[str, ...]]:
    there = ("you keep speeding" if facts.firm else "you are speeding", *((f"limit {limit}",) if limit else ()))
    return _with_speed(facts, there, (_order(facts, "slow down"),))


def _fatigue(facts: Facts) -> list[tuple[str, ...]]:
    driven, left, rest = (spoken_min(s) for s in (facts.driven_s, facts.remaining_s, facts.rest_s))
    so_long = f"you have driven|{duration(driven)}" if driven is not None else "you have driven long"
    stop = _order(facts, "stop and rest")
    for_long = f"{stop}|for {duration(rest)}" if rest else stop
    if facts.subtype == "ahead":
        due = f"rest due|in {duration(left)}" if left is not None else "rest due soon"
        return [(so_long, due), (due,)]
    if facts.subtype == "day":
        total = f"{so_long}|in one day" if driven is not None else "day's driving limit reached"
        return [(total, for_long), (total, stop)]
    if facts.subtype == "night":
        return [("night driving limit reached", for_long)]
    soon = stop if facts.firm else f"{stop} soon"
    if facts.subtype == "signs":
        return [("take care", soon)]
    if facts.subtype == "still":
        return [(so_long, soon), (so_long, stop)]
    return [(so_long, for_long), (so_long, stop)]
