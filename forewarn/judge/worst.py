"""The worst cases of a run, chosen so that every cause is seen, and what the engine thought at each fix before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from alerts.explain import Explanation, explain
from alerts.record import iso
from forewarn.judge.cases import NEITHER, SCORED, PassageCase, PromptCase
from forewarn.judge.evaluate import Run
from forewarn.judge.evidence import Evidence
from forewarn.judge.spoken import Sentence, seconds
from forewarn.replay import Replay
from ingest.positions import PositionBatch

MOST: Final = 20
BEFORE_S: Final = 150.0
"""From so long before the entry, or the sentence, a case is shown."""
BEHIND_S: Final = 40.0
"""Until so long behind it."""


@dataclass(frozen=True, slots=True)
class Thought:
    """What the engine decided at one fix about the place of a case."""

    at_s: float
    lon: float
    lat: float
    speed_kmh: float | None
    expect_s: float
    """Within what time it expected the next fix."""
    ahead_m: float | None
    """Metres to the place, where the engine had it ahead."""
    share: float | None
    """Share of weight of the ways that lead there."""
    why: str
    """The first condition that failed, with its figures."""
    near: list[str]
    """The lines near the fix and their weights, the heaviest first."""


@dataclass(frozen=True, slots=True)
class WorstCase:
    """One case, as the page shows it."""

    cause: str
    """Such as ``not found: nothing raised``."""
    of: int
    """How many cases have this cause."""
    vehicle: str
    kind: str
    segment: str
    at_s: float
    """Entry, or begin of the sentence, UTC epoch seconds."""
    path: int
    """Row of ``Truth.paths``."""
    facts: list[tuple[str, str]]
    """Word and value."""
    sentences: list[Sentence] = field(default_factory=list)
    """Spoken or not, of that vehicle in that time."""
    thoughts: list[Thought] = field(default_factory=list)


def worst_cases(replay: Replay, run: Run, most: int = MOST) -> list[WorstCase]:
    """Return the worst cases of a run: in turn from every cause, the most frequent cause first.

    Within a cause the fastest passages, and the sentences that were furthest off, go first.
    """
    causes: dict[str, list[Weighed]] = defaultdict(list)
    for cause, one in (*_missed(run.passages), *_wrong(run.prompts)):
        causes[cause].append(one)
    ranked = sorted(causes.items(), key=lambda item: -len(item[1]))
    for _, held in ranked:
        held.sort(key=lambda one: -one.weight)
    chosen = [(cause, len(held), held[nth].case) for nth in range(most) for cause, held in ranked if nth < len(held)]
    return [_case(replay, run, cause, of, case) for cause, of, case in chosen[:most]]


class Weighed(NamedTuple):
    """A case, and how bad it is among those of its cause."""

    weight: float
    case: PassageCase | PromptCase


def _missed(passages: list[PassageCase]) -> Iterator[tuple[str, Weighed]]:
    for p in passages:
        if p.status != SCORED or p.displaced or p.in_time != NEITHER:
            continue
        weight = (p.highest_kmh or 0.0) / (p.limit_kmh or 100.0)
        cause = "late" if p.found else f"not found: {p.missed}"
        yield f"{p.kind}, {cause}".replace("_", " "), Weighed(weight, p)


def _wrong(prompts: list[PromptCase]) -> Iterator[tuple[str, Weighed]]:
    for p in prompts:
        off = abs(p.told_m[0] - p.true_m) if p.told_m and p.true_m is not None else 0.0
        for reason in p.wrong:
            weight = p.before_s or 0.0 if reason == "early" else off
            yield f"{p.kind}, wrong: {reason}".replace("_", " "), Weighed(weight, p)


def _case(replay: Replay, run: Run, cause: str, of: int, case: PassageCase | PromptCase) -> WorstCase:
    e = run.evidence
    if isinstance(case, PassageCase):
        passage = e.truth.passages[case.row]
        at_s, path, segment = passage.entered_s, passage.path, case.segment or ""
        facts = _passage_facts(case)
    else:
        at_s, segment = seconds(case.began_at), case.segment
        place = e.whereabouts.place(case.vehicle, at_s)
        path = place.path if place is not None else 0
        facts = _prompt_facts(case)
    facts = [("place", e.segments.segments[e.row_of[segment]].name), ("segment", segment), *facts]
    begin_s, end_s = at_s - BEFORE_S, at_s + BEHIND_S
    sentences = [s for s in e.sentences if s.alert.vehicle == case.vehicle and begin_s <= s.speak_s <= end_s]
    thoughts = _thoughts(replay, e, case.vehicle, e.place_of[segment], begin_s, end_s)
    return WorstCase(cause, of, case.vehicle, case.kind, segment, at_s, path, facts, sentences, thoughts)


def _passage_facts(p: PassageCase) -> list[tuple[str, str]]:
    facts = [
        ("entered", p.entered_at or ""),
        ("limit", "none" if p.limit_kmh is None else f"{p.limit_kmh:.0f} km/h"),
        ("highest in the last 20 s", f"{p.highest_kmh or 0.0:.0f} km/h"),
        ("fixes on the way in", f"{p.fixes_in}, before the lead point {p.fixes_before_lead}"),
    ]
    if p.before_s is not None:
        facts.append(("begun before the entry", f"{p.before_s:.1f} s, {p.lead_s or 0.0:.1f} s needed"))
        facts.append(("raised by the fix", p.raised_at or ""))
    return facts


def _prompt_facts(p: PromptCase) -> list[tuple[str, str]]:
    facts = [("raised by the fix", p.raised_at), ("begun", p.began_at), ("form", p.form), ("said", p.text)]
    if p.told_m:
        true = "not known" if p.true_m is None else f"{p.true_m:.0f} m"
        facts.append(("metres told", f"{', '.join(f'{m:.0f}' for m in p.told_m)} m; true {true}"))
    facts.append(("place entered", "yes" if p.entered else "no"))
    if p.before_s is not None:
        facts.append(("begun before the entry", f"{p.before_s:.1f} s"))
    return [*facts, ("wrong for", ", ".join(p.wrong).replace("_", " "))]


def _thoughts(replay: Replay, e: Evidence, vehicle: str, place: int, begin_s: float, end_s: float) -> list[Thought]:
    """Fold one vehicle's drive up to a case and explain each fix of it; nothing in the rules crosses vehicles."""
    sent = e.fixes.batch
    own = sent.take(np.sort(e.fixes.of(vehicle).row))  # in order of arrival
    engine = replay.fresh_engine()
    within = np.flatnonzero((own.time_ms >= begin_s * 1000.0) & (own.time_ms <= end_s * 1000.0))
    if not within.size:
        return []
    engine.step(own.take(slice(0, int(within[0]))))
    thoughts = []
    for row in range(int(within[0]), int(within[-1]) + 1):
        fix = own.take(slice(row, row + 1))
        thoughts.append(_thought(explain(engine, fix), fix, place, e.place_of))
        engine.step(fix)
    return thoughts


def _thought(e: Explanation, fix: PositionBatch, place: int, place_of: dict[str, int]) -> Thought:
    about = next((a for a in e.ahead if place_of[a.segment] == place), None)
    why = about.why if about is not None else e.note or "this place is not ahead on the lines near this fix"
    near = [f"{n.line} {n.share:.2f} ({n.across_m:.0f} m)" for n in sorted(e.near, key=lambda n: -n.share)[:3]]
    return Thought(
        e.time_ms / 1000.0,
        float(fix.lon[0]),
        float(fix.lat[0]),
        e.speed_kmh,
        e.expect_s,
        about.ahead_m if about is not None else None,
        about.share if about is not None else None,
        why,
        near,
    )


def clock(at_s: float) -> str:
    """Return the time of day in UTC, ``HH:MM:SS``."""
    return iso(round(at_s * 1000.0))[11:19]
