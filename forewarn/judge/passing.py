"""Was the driver told of each place passed, and in time: one function a clause."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from alerts.prompts import speech_bound_s
from alerts.record import iso
from forewarn.judge.cases import BY_CLAUSE, BY_TIME, NEITHER, NO_SEGMENT, SCORED, SLOW, UNJUDGED, PassageCase, kind_of
from forewarn.judge.doubt import NOBODY_KMH
from forewarn.judge.evidence import Evidence, Mention
from forewarn.judge.spoken import seconds
from forewarn.judge.truth import TruePassage

FOUND_WITHIN_S: Final = 180.0
"""A sentence begun longer before the entry than this is forgotten by then."""
SCORED_SHARE: Final = 0.8
"""Passages over this share of the limit within the last ``BEFORE_S`` are scored."""
BEFORE_S: Final = 20.0
NOISES: Final = 2.0
"""The way in is plain once every other road is further away than so many times the noise."""
LATEST_FIX: Final = 2
"""At the latest this fix on the way in must raise the sentence."""


class WayIn(NamedTuple):
    """A fix on the way in, before the entry."""

    time_s: float
    arrived_s: float
    at_m: float
    """Metres along the path."""


def judge_passage(row: int, e: Evidence) -> PassageCase:
    """Judge one row of ``Truth.passages``."""
    p = e.truth.passages[row]
    highest = e.whereabouts.highest_kmh(p.path, p.entered_s, BEFORE_S) if p.unjudged is None else math.nan
    status, why = status_of(p, highest, doubted=e.in_doubt(p.path, p.entered_s - BEFORE_S, p.entered_s))
    told = mentions_of(p, e)
    heard = [m for m in told if reached_driver(m, p)]
    best = min(heard, key=lambda m: m.sentence.began_s) if heard else None
    ways = ways_in(p, e) if status in (SCORED, SLOW) else []
    lead = lead_of(p, e, best) if status in (SCORED, SLOW) else math.nan
    point_s = lead_point_s(p, e) if status in (SCORED, SLOW) else math.nan
    displaced = best is None and any(m.sentence.displaced and due_before(m, p) for m in told)
    in_time = timeliness(p, e, heard, ways) if status == SCORED and not displaced else None
    sentence = best.sentence if best else None
    return PassageCase(
        row=row,
        vehicle=p.vehicle,
        kind=kind_of(p.kind, p.subtype),
        place=p.place,
        segment=p.segment,
        entered_at=time_or_none(p.entered_s),
        lon=p.lon,
        lat=p.lat,
        limit_kmh=number_or_none(p.limit_kmh),
        status=status,
        why=why,
        highest_kmh=number_or_none(highest),
        lead_s=number_or_none(lead),
        fixes_in=len(ways),
        fixes_before_lead=sum(way.arrived_s <= point_s for way in ways),
        found=best is not None,
        displaced=displaced,
        before_s=number_or_none(p.entered_s - sentence.began_s) if sentence else None,
        in_time=in_time,
        missed=why_missed(p, e, told, ways, highest) if best is None and status in (SCORED, SLOW) else None,
        form=sentence.said.form if sentence else None,
        text=sentence.said.text if sentence else None,
        alert_id=sentence.alert.id if sentence else None,
        raised_at=sentence.alert.at if sentence else None,
    )


def status_of(p: TruePassage, highest_kmh: float, *, doubted: bool = False) -> tuple[str, str | None]:
    """Return what becomes of a passage (``PASSAGE_STATUS``), and why where nothing can be said of it.

    ``highest_kmh`` is the highest speed within the last 20 s before the entry; ``doubted`` tells that the path there
    cannot be believed.
    """
    if p.segment is None:
        return NO_SEGMENT, None
    if p.unjudged is not None:
        return UNJUDGED, p.unjudged
    if math.isnan(highest_kmh):
        return UNJUDGED, "begins_here"
    if doubted or highest_kmh > NOBODY_KMH:
        return UNJUDGED, "doubtful_match"
    if math.isnan(p.limit_kmh) or highest_kmh > SCORED_SHARE * p.limit_kmh:
        return SCORED, None
    return SLOW, None


def mentions_of(p: TruePassage, e: Evidence) -> list[Mention]:
    """Return the sentences of that vehicle, spoken or not, that tell of the place."""
    if p.segment is None:
        return []
    return e.mentions.get((p.vehicle, e.place_of[p.segment]), [])


def reached_driver(m: Mention, p: TruePassage) -> bool:
    """Found: the sentence was spoken, and begun within three minutes before the entry."""
    return m.sentence.spoken and 0.0 <= p.entered_s - m.sentence.began_s <= FOUND_WITHIN_S


def due_before(m: Mention, p: TruePassage) -> bool:
    """Tell whether a sentence that was not spoken was due within three minutes before the entry."""
    return not m.sentence.spoken and 0.0 <= p.entered_s - m.sentence.speak_s <= FOUND_WITHIN_S


def lead_of(p: TruePassage, e: Evidence, m: Mention | None) -> float:
    """Return how long before the entry that sentence had to begin; without one, the longest that there is."""
    if m is None:
        return p.entered_s - lead_point_s(p, e)
    speed = e.whereabouts.speed_kmh(p.path, m.sentence.began_s)
    return e.standards(p.vehicle).terms.lead_s(speed, p.limit_kmh, m.sentence.length_s)


def lead_point_s(p: TruePassage, e: Evidence) -> float:
    """Return the last moment at which the longest sentence ahead of a branch would still have been in time.

    Walked back from the entry second by second, each with the speed driven there.
    """
    terms, language = e.standards(p.vehicle)
    speech = speech_bound_s(language, p.kind, "conditional")
    at_s = p.entered_s
    while p.entered_s - at_s < FOUND_WITHIN_S:
        at_s -= 1.0
        speed = e.whereabouts.speed_kmh(p.path, at_s)
        if math.isnan(speed) or p.entered_s - at_s >= terms.lead_s(speed, p.limit_kmh, speech):
            break
    return at_s


def ways_in(p: TruePassage, e: Evidence) -> list[WayIn]:
    """Return the fixes on the way in that arrived before the entry, by arrival.

    On the way in is where the path lies within reach of the entry (``Surroundings.reach_m``).
    """
    if p.segment is None:
        return []
    fixes = e.fixes.of(p.vehicle)
    begin = int(np.searchsorted(fixes.time_s, e.whereabouts.span_s(p.path)[0]))
    end = int(np.searchsorted(fixes.time_s, p.entered_s, side="right"))
    found = []
    for k in range(end - 1, begin - 1, -1):
        time_s = float(fixes.time_s[k])
        at_m = e.whereabouts.at_m(p.path, time_s)
        if not p.entered_m - at_m <= e.surroundings.reach_m(p.path, at_m):
            break
        if fixes.arrived_s[k] <= p.entered_s:
            found.append(WayIn(time_s, float(fixes.arrived_s[k]), at_m))
    return sorted(found, key=lambda way: (way.arrived_s, way.time_s))


def plain_at(ways: list[WayIn], noise_m: float, other_m: Callable[[float], float]) -> WayIn | None:
    """Return the first fix at which the way in was plain, at the latest the second; None where no fix lay on it.

    ``other_m`` tells for metres along the path how far the nearest road is that does not lead there; NaN: not known.
    """
    for nth, way in enumerate(ways, 1):
        if nth == LATEST_FIX or other_m(way.at_m) > NOISES * noise_m:
            return way
    return ways[-1] if ways else None


def timeliness(p: TruePassage, e: Evidence, heard: list[Mention], ways: list[WayIn]) -> str:
    """Return whether a sentence found was in time: by time, else by the clause of the first fix, or neither."""
    terms = e.standards(p.vehicle).terms
    for m in heard:
        speed = e.whereabouts.speed_kmh(p.path, m.sentence.began_s)
        if p.entered_s - m.sentence.began_s >= terms.lead_s(speed, p.limit_kmh, m.sentence.length_s):
            return BY_TIME
    segment = p.segment or ""
    plain = (
        plain_at(ways, e.noise_m, lambda at_m: e.surroundings.other_road_m(p.path, at_m, segment)) if heard else None
    )
    if plain is not None and any(m.sentence.fix_s <= plain.time_s for m in heard):
        return BY_CLAUSE
    return NEITHER


def why_missed(p: TruePassage, e: Evidence, told: list[Mention], ways: list[WayIn], highest_kmh: float) -> str:
    """Return why a passage was not found, the most telling reason: what became of its sentence, else of its alert."""
    near = [m.sentence for m in told if abs(p.entered_s - m.sentence.speak_s) <= FOUND_WITHIN_S]
    if any(s.spoken and s.began_s > p.entered_s for s in near):
        return "after_entry"
    for s in near:
        if not s.spoken:
            return f"{s.outcome}:{s.reason}"
    assert p.segment is not None  # noqa: S101  # such passages are not looked for
    for alert in e.silent.get((p.vehicle, e.place_of[p.segment]), []):
        if 0.0 <= p.entered_s - seconds(alert.started_at) <= FOUND_WITHIN_S:
            return f"without_sentence:{alert.reason}"
    if any(m.sentence.spoken and p.entered_s - m.sentence.began_s > FOUND_WITHIN_S for m in told):
        return "long_before"
    if not ways:
        return "no_fix_on_the_way_in"
    return "nothing_raised" if highest_kmh > p.limit_kmh or math.isnan(p.limit_kmh) else "nothing_raised_below_limit"


def time_or_none(at_s: float) -> str | None:
    """Return UTC epoch seconds as the records write them; None for NaN."""
    return None if math.isnan(at_s) else iso(round(at_s * 1000.0))


def number_or_none(value: float) -> float | None:
    """Return a number with one decimal; None where it is not a finite one."""
    return round(value, 1) if math.isfinite(value) else None
