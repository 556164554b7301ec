"""Was what a driver heard right: one function a clause, each for one sentence of kind approach that was spoken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from forewarn.judge.cases import PromptCase, kind_of
from forewarn.judge.evidence import Evidence
from forewarn.judge.leads import early_s
from forewarn.judge.passing import number_or_none, time_or_none
from forewarn.judge.spoken import Sentence
from forewarn.judge.surroundings import FARTHEST_M
from forewarn.judge.told import told_m
from forewarn.judge.whereabouts import Place

PARKED_M: Final = 30.0
PARKED_S: Final = 60.0
"""Parked: moved less than ``PARKED_M`` in the ``PARKED_S`` before and again in those behind; a red light is shorter."""
METRES_SHARE: Final = 0.2
METRES_LEAST_M: Final = 50.0
"""The metres told may differ from the path by the larger of this share and these metres."""
ORDERS: Final = ("plain", "sharper")
"""Forms that are right only behind the last branch point."""
NAMINGS: Final = ("advisory", "conditional")
"""Forms that name a place, or speak of it on a condition."""
ROUND_SHARE: Final = 1.5
ROUND_M: Final = 200.0
"""A driver who came to the place by a way so much longer than the one ahead had turned off, and came back later."""
BEYOND_M: Final = 300.0
"""How far behind the place where it would have been a vehicle that turned round is looked for, m."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence, and where its driver was when it began."""

    sentence: Sentence
    segment: str
    at: Place
    """On the true path."""
    could_m: float
    """Metres along the network to the entry; infinite where it cannot be reached, NaN where nothing tells."""
    ahead_m: float
    """Metres along the path to the entry, where it is the next on the way; else NaN."""
    inside: bool
    """The vehicle is in the place already."""

    @property
    def entered(self) -> bool:
        """Whether the place was entered, or had been."""
        return self.inside or not math.isnan(self.ahead_m)


def judge_sentences(e: Evidence) -> Iterator[PromptCase]:
    """Judge every sentence of kind approach that was spoken, in order of vehicle and begin."""
    told: set[tuple[str, str, str]] = set()
    spoken = [s for s in e.sentences if s.spoken and s.alert.kind == "approach" and s.alert.segment is not None]
    for sentence in sorted(spoken, key=lambda s: (s.alert.vehicle, s.began_s)):
        key = sentence.alert.vehicle, sentence.alert.id, sentence.said.form
        yield judge_sentence(sentence, e, again=key in told)
        told.add(key)


def judge_sentence(sentence: Sentence, e: Evidence, *, again: bool) -> PromptCase:
    """Judge one sentence; ``again`` tells that its form was heard in that passage before."""
    alert = sentence.alert
    assert alert.segment is not None  # noqa: S101  # an approach is one to a segment
    heard, unjudged = where_heard(sentence, alert.segment.id, e)
    wrong: list[str] = []
    idle = turned_back = False
    before_s = true_m = math.nan
    told = () if e.advice_of(alert.segment.id) else told_m(sentence.said.language, sentence.said.text)
    built_up = None
    if heard is not None and unjudged is None:
        before_s = before_entry_s(heard, e)
        true_m = true_metres(heard, e)
        turned_back = has_turned_back(heard, e)
        clauses = {
            "unreachable": is_unreachable(heard, e) == "unreachable",
            "turned_off": is_unreachable(heard, e) == "turned_off",
            "early": is_early(heard, before_s, e),
            "parked": is_parked(heard, e),
            "repeated": again,
            "ordered": is_ordered(heard) and not turned_back,
            "metres": bool(told) and not metres_hold(told[0], true_m),
        }
        wrong = [reason for reason, holds in clauses.items() if holds]
        idle = is_idle(heard)
        built_up = e.surroundings.built_up(heard.at.path, heard.at.at_m)
    return PromptCase(
        vehicle=alert.vehicle,
        kind=kind_of(alert.segment.kind, e.segments.segments[e.row_of[alert.segment.id]].subtype),
        segment=alert.segment.id,
        name=alert.segment.name,
        alert_id=alert.id,
        seq=alert.seq,
        form=sentence.said.form,
        text=sentence.said.text,
        raised_at=alert.at,
        began_at=time_or_none(sentence.began_s) or "",
        lon=alert.lon,
        lat=alert.lat,
        unjudged=unjudged,
        entered=heard is not None and heard.entered,
        before_s=number_or_none(before_s),
        wrong=tuple(wrong),
        idle=idle,
        turned_back=turned_back,
        told_m=told,
        true_m=number_or_none(true_m),
        built_up=built_up,
    )


def where_heard(sentence: Sentence, segment: str, e: Evidence) -> tuple[Heard | None, str | None]:
    """Return where the driver was when the sentence began, or why that cannot be said."""
    at = e.whereabouts.place(sentence.alert.vehicle, sentence.began_s)
    if at is None:
        return None, "no_path"
    if e.in_doubt(at.path, sentence.fix_s, sentence.began_s):
        return None, "doubtful_match"
    inside = e.inside(segment, at)
    could_m = e.could_reach_m(at.path, sentence.began_s, segment)
    if math.isnan(could_m) and not inside:
        return None, "no_path"
    ahead_m = math.nan if inside else next_entry_m(e, at.path, sentence.began_s, segment)
    if ahead_m > ROUND_SHARE * could_m + ROUND_M:
        ahead_m = math.nan
    heard = Heard(sentence, segment, at, could_m, ahead_m, inside)
    if not heard.entered and math.isfinite(could_m) and cut_within(heard, e):
        return heard, "touches_cut"
    return heard, None


def next_entry_m(e: Evidence, path: int, at_s: float, segment: str) -> float:
    """Return the metres along the path to the entry where it is the next on the way; NaN where it is not."""
    ahead_m = e.truth.reach.metres_to(path, at_s, segment)
    return ahead_m if ahead_m <= FARTHEST_M else math.nan


def cut_within(h: Heard, e: Evidence) -> bool:
    """Tell whether the match jumps away before the vehicle could have come to the entry."""
    path = e.truth.paths[h.at.path]
    return path.ends_cut and float(path.at_m[-1]) - h.at.at_m < h.could_m


def before_entry_s(h: Heard, e: Evidence) -> float:
    """Return how long before the entry the sentence began; NaN where not entered, within, or no fix tells the entry."""
    if math.isnan(h.ahead_m):
        return math.nan
    return e.whereabouts.at_s(h.at.path, h.at.at_m + h.ahead_m) - h.sentence.began_s


def is_unreachable(h: Heard, e: Evidence) -> str | None:
    """Return ``unreachable`` where the vehicle, continuing its way, could not come to the entry within the search.

    ``turned_off`` where it still could when the fix was taken that raised the sentence.
    """
    if h.entered or not math.isinf(h.could_m):
        return None
    then_m = e.could_reach_m(h.at.path, h.sentence.fix_s, h.segment)
    return "turned_off" if math.isfinite(then_m) else "unreachable"


def is_early(h: Heard, before_s: float, e: Evidence) -> bool:
    """Tell whether the sentence began more than the larger of 60 s and twice the lead before the entry."""
    speed = e.whereabouts.speed_kmh(h.at.path, h.sentence.began_s)
    limit = e.limit_of(h.segment)
    lead_s = e.standards(h.sentence.alert.vehicle).terms.lead_s(speed, limit, h.sentence.length_s)
    return before_s > early_s(lead_s)


def is_parked(h: Heard, e: Evidence) -> bool:
    """Tell whether the vehicle stood for long, before and behind the moment at which the sentence began."""
    began_s = h.sentence.began_s
    before = e.whereabouts.moved_m(h.at.path, began_s - PARKED_S, began_s)
    behind = e.whereabouts.moved_m(h.at.path, began_s, began_s + PARKED_S)
    first, last = e.whereabouts.span_s(h.at.path)
    whole = first <= began_s - PARKED_S and began_s + PARKED_S <= last
    return whole and before < PARKED_M and behind < PARKED_M


def is_ordered(h: Heard) -> bool:
    """Tell whether an order was given for a place that could be reached, and was not entered."""
    return h.sentence.said.form in ORDERS and not h.entered and math.isfinite(h.could_m)


def has_turned_back(h: Heard, e: Evidence) -> bool:
    """Tell whether one who heard an order stopped for good, or turned round, before he could have come to the entry."""
    if not is_ordered(h):
        return False
    path = e.truth.paths[h.at.path]
    if float(path.at_m[-1]) - h.at.at_m < h.could_m:
        return True
    return e.whereabouts.turns_round(h.at.path, h.at.at_m, h.at.at_m + h.could_m + BEYOND_M)


def is_idle(h: Heard) -> bool:
    """Tell whether a place was named, or spoken of on a condition, that was not entered."""
    return h.sentence.said.form in NAMINGS and not h.entered


def true_metres(h: Heard, e: Evidence) -> float:
    """Return the metres to the entry at ``speak_at``.

    Along the path; where not entered, along the network from where the fix was taken, less what was driven since: a
    driver who turns off in the meantime does not make the figure wrong. NaN within the place, and where it could not
    be reached.
    """
    s = h.sentence
    if h.inside:
        return math.nan
    if h.entered:
        ahead_m = next_entry_m(e, h.at.path, s.speak_s, h.segment)
        return h.ahead_m if math.isnan(ahead_m) else ahead_m
    then_m = e.could_reach_m(h.at.path, s.fix_s, h.segment)
    true_m = then_m - (e.whereabouts.at_m(h.at.path, s.speak_s) - e.whereabouts.at_m(h.at.path, s.fix_s))
    return true_m if math.isfinite(true_m) else math.nan


def metres_hold(told: float, true_m: float) -> bool:
    """Tell whether the metres told are within the larger of 20 % and 50 m of the true ones; where those are known."""
    return math.isnan(true_m) or abs(told - true_m) <= max(METRES_SHARE * true_m, METRES_LEAST_M)
