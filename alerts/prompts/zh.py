"""The sentences in Mandarin: tables of nouns and orders, and the clauses that each kind and form is made of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from alerts.prompts.facts import Facts
from alerts.prompts.rounding import QUARTER_MILE_FT, spoken_ft, spoken_limit, spoken_m, spoken_min, spoken_speed
from alerts.prompts.zh_numbers import cardinal, counted, decimal
from alerts.prompts.zh_reading import read

__all__ = ["BREATH", "GLUE", "JOIN", "S_PER_UNIT", "distance", "read", "reads", "units", "variants"]

JOIN: Final = "，"
GLUE: Final = ""
"""What stands between the phrases of a clause."""
BREATH: Final = 25
"""Characters that one breath holds (DESIGN, When to speak)."""
S_PER_UNIT: Final = 0.30
"""Seconds a character takes (DESIGN, When to speak)."""

UNSEEN: Final = ("事故多发路段", "事故多发路段", "注意安全")
PLACES: Final[dict[tuple[str | None, str | None], tuple[str, str, str]]] = {
    ("ramp", None): ("匝道", "匝道", ""),
    ("ramp", "exit"): ("出口匝道", "匝道", ""),
    ("ramp", "entry"): ("入口匝道", "匝道", ""),
    ("ramp", "interchange"): ("互通匝道", "匝道", ""),
    ("unsignalled_crossing", None): ("无灯控路口", "路口", "注意来车"),
    ("unsignalled_crossing", "level_crossing"): ("铁路道口", "道口", "注意火车"),
    ("village_road", None): ("村庄路段", "村庄路段", "注意行人"),
}
"""Kind and subtype to: the place from afar, the place when there, what to look out for."""
TURNS: Final = {"exit": ("出口", "驶出")}
"""A ramp's subtype to: a name short enough to share a sentence, and what one does there."""
TURN: Final = ("匝道", "驶入")
POSITION: Final = {"lost": ("卫星定位中断", "预警暂停"), "found": ("卫星定位恢复", "预警继续")}
"""What became of the receiver's fixes, and so of the warnings."""
SLOW: Final = "降速"
"""The order without a limit; 减速 at the end of a sentence is taken for 建筑."""

_HAN: Final = re.compile(r"[㐀-鿿]")
_SOUNDED: Final = re.compile(r"[㐀-鿿A-Za-z0-9]")


def units(text: str) -> int:
    """Return how many characters are sounded; a Latin letter or digit counts as one."""
    return len(_SOUNDED.findall(text))


def reads(text: str) -> bool:
    """Tell whether a text is one that this language can read: it has a Chinese character."""
    return _HAN.search(text) is not None


def distance(distance_m: float | None, miles: bool) -> str:
    """Return the distance in words, empty where none is worth saying: 四百米, 一点二公里, 半英里."""
    if miles:
        feet = spoken_ft(distance_m)
        if feet is None:
            return ""
        named = {1: "四分之一英里", 2: "半英里", 3: "四分之三英里"}
        if feet % QUARTER_MILE_FT == 0 and feet // QUARTER_MILE_FT in named:
            return named[feet // QUARTER_MILE_FT]
        return counted(feet) + "英尺" if feet < 2000 else _tenths(round(feet / 528)) + "英里"
    metres = spoken_m(distance_m)
    if metres is None:
        return ""
    return cardinal(metres) + "米" if metres < 1000 else _tenths(round(metres / 100)) + "公里"


def _tenths(tenths: int) -> str:
    whole, rest = divmod(tenths, 10)
    return decimal(f"{whole}.{rest}") if rest else counted(whole)


def duration(minutes: int) -> str:
    """Return a time in words: 四小时, 三个半小时, 三小时四十五分钟, 二十分钟."""
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return counted(rest) + "分钟"
    if rest == 0:
        return counted(hours) + "小时"
    if rest == 30:
        return counted(hours) + "个半小时"
    return counted(hours) + "小时|" + counted(rest) + "分钟"


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
        return [("车速过快", _order(facts, f"立即减速¦到{limit}" if limit else f"立即{SLOW}"))]
    if facts.kind == "speeding":
        return _speeding(facts, limit)
    far, near, caution = _place((facts.kind, facts.subtype))
    away = distance(facts.distance_m, facts.miles)
    ahead = _ahead(facts, away, far)
    if facts.then is not None:
        ahead += ("，其后" if away else "|和") + _place(facts.then)[0]
    if facts.form == "advisory":
        return [(ahead, f"限速{limit}"), (ahead,)] if limit else [(ahead, caution) if caution else (ahead,)]
    if facts.form == "conditional":
        return _ramp(facts, ahead, limit) if facts.kind == "ramp" else [(ahead, _caution(facts, caution))]
    there = (ahead, f"限速{limit}") if limit else (ahead,)
    if facts.distance_m is None and not (facts.many or facts.then):
        there = (f"{near}|限速{limit}" if limit else near,)
    slow = (_order(facts, SLOW),)
    tail = slow if limit or not caution else (*slow, caution)
    return [*_with_speed(facts, there, tail), (*there, *slow)]


def _both(facts: Facts) -> bool:
    """Tell whether the distances to two places can be said."""
    return bool(distance(facts.distance_m, facts.miles) and distance(facts.also_m, facts.miles))


def _ahead(facts: Facts, away: str, name: str, link: str = "两处") -> str:
    """Return where the place is, with those that share its sentence; ``link`` stands before what two are called."""
    also = distance(facts.also_m, facts.miles)
    if facts.many and facts.mixed:
        return f"前方{away}|{name}，其后还有多处" if away else f"前方{name}|等多处"
    if facts.many:
        return f"前方{away}|连续{name}" if away else f"前方连续{name}"
    return f"前方{away}|和{also}|{link}{name}" if _both(facts) else f"前方{away}|{name}" if away else f"前方{name}"


def _place(what: tuple[str | None, str | None]) -> tuple[str, str, str]:
    return PLACES.get(what) or PLACES.get((what[0], None)) or UNSEEN


def _number(value: int | None) -> str:
    return "" if value is None else cardinal(value)


def _order(facts: Facts, what: str) -> str:
    return ("务必" if facts.firm else "请") + what


def _caution(facts: Facts, what: str) -> str:
    return ("务必" if facts.firm else "") + what


def _with_speed(facts: Facts, there: tuple[str, ...], tail: tuple[str, ...]) -> list[tuple[str, ...]]:
    own = spoken_speed(facts.speed_kmh, facts.miles)
    said = [(*there, f"车速{cardinal(own)}", *tail)] if own is not None else []
    return [*said, (*there, *tail)]


def _ramp(facts: Facts, ahead: str, limit: str) -> list[tuple[str, ...]]:
    name, turn = TURNS.get(facts.subtype or "", TURN)
    slow = turn + _order(facts, f"减速¦到{limit}" if limit else SLOW)
    if facts.many or _both(facts):
        away = distance(facts.distance_m, facts.miles)
        return [(_ahead(facts, away, name, link), slow) for link in ("有", "")]
    return [*_with_speed(facts, (ahead,), (slow,)), (ahead, turn + _order(facts, SLOW))]


def _speeding(facts: Facts, limit: str) -> list[tuple[str, ...]]:
    there = ("您多次超速" if facts.firm else "您已超速", *((f"限速{limit}",) if limit else ()))
    return _with_speed(facts, there, (_order(facts, SLOW),))


def _fatigue(facts: Facts) -> list[tuple[str, ...]]:
    driven, left, rest = (spoken_min(s) for s in (facts.driven_s, facts.remaining_s, facts.rest_s))
    so_long = f"您已连续驾驶|{duration(driven)}" if driven is not None else "您已长时间驾驶"
    stop = _order(facts, "停车休息")
    for_long = f"{stop}|{duration(rest)}" if rest else stop
    if facts.subtype == "ahead":
        due = f"{duration(left)}|后须停车休息" if left is not None else "请准备停车休息"
        return [(so_long, due), (due,)]
    if facts.subtype == "day":
        total = f"您一天内已驾驶|{duration(driven)}" if driven is not None else "您一天的驾驶时间已到"
        return [(total, for_long), (total, stop)]
    if facts.subtype == "night":
        return [("夜间驾驶时间已到", for_long)]
    soon = _order(facts, "尽快停车休息")
    if facts.subtype == "signs":
        return [("注意安全", soon)]
    if facts.subtype == "still":
        return [(so_long, soon), (so_long, stop)]
    return [(so_long, for_long), (so_long, stop)]
