"""The figures: what the cases of one run come to, for each kind of place and for all, ready for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from forewarn.judge.bound import most_in_time
from forewarn.judge.cases import (
    BY_CLAUSE,
    BY_TIME,
    NEITHER,
    NO_SEGMENT,
    SCORED,
    SLOW,
    UNJUDGED,
    WRONG,
    PassageCase,
    PromptCase,
)
from forewarn.judge.load import Driving, idle_close, pauses_s, per_hour
from forewarn.judge.spoken import Sentence, seconds
from forewarn.judge.truth import Path

KINDS: Final = {
    "ramp": "ramps",
    "unsignalled_crossing": "crossings",
    "level_crossing": "level crossings",
    "village_road": "villages",
}
"""Kinds that are judged; level crossings are crossings of their own."""
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
TWO_FIXES: Final = 2
"""By time alone those are judged whose way in held so many fixes before the lead point."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How the passages of one kind were told."""

    total: int
    scored: int
    slow: int
    """Entered slowly: their drivers may rightly hear nothing."""
    slow_told: int
    without_segment: int
    unjudged: dict[str, int]
    """By reason."""
    displaced: int
    """Scored ones whose sentence a higher priority displaced; they count in no share."""
    found: int
    found_pct: float | None
    """Of those scored and not displaced; None where there is none: not judged."""
    over_limit: int
    """Those of them that were faster than the limit within the last 20 s before."""
    over_limit_found: int
    over_limit_found_pct: float | None
    by_time: int
    by_clause: int
    neither: int
    in_time_pct: float | None
    """By time or by the clause of the first fix."""
    two_fixes: int
    """Scored ones whose way in held two fixes before the lead point."""
    two_fixes_by_time: int
    two_fixes_by_time_pct: float | None
    before_entry_s: dict[str, float]
    """Quantiles of how long before the entry the sentence found began; empty where none was found."""
    missed: dict[str, int]
    """Scored ones that were not found, by reason."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What the sentences of one kind were worth."""

    judged: int
    unjudged: dict[str, int]
    """By reason."""
    forms: dict[str, int]
    wrong: int
    wrong_pct: float | None
    wrong_by: dict[str, int]
    """By reason; one sentence may be wrong for several."""
    turned_back: int
    """Orders to drivers who then stopped or turned round: counted apart."""
    idle: int
    idle_per_100km: float | None
    idle_per_hour: float | None
    idle_outside: int | None
    """Those of them outside built-up areas; None where the map does not tell where those are."""
    idle_outside_per_100km: float | None


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """How much a driver had to listen to."""

    prompts: int
    """Of kind approach."""
    per_hour_mean: float | None
    per_hour_median: float | None
    per_hour_p95: float | None
    """Over the driving hours of each vehicle, an hour begun counts as one."""
    all_kinds_per_hour_p95: float | None
    """With speeding and fatigue."""
    shortest_pause_s: float | None
    """From the end of one sentence of kind approach to the begin of the next."""
    idle_within_60s: int
    """Pairs of idle sentences that began within 60 s."""
    most_in_time_pct: float | None
    """Of the scored passages, what twelve sentences an hour could tell in time at most; see ``bound``."""


class KindFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one kind of place."""

    passages: Told
    prompts: Heard

    @property
    def judged(self) -> bool:
        """Whether there is any evidence."""
        return self.passages.scored > 0 or self.prompts.judged > 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one run."""

    variant: str
    title: str
    fixes: int
    vehicles: int
    km: float
    """Driven, as far as the truth tells the time."""
    hours: float
    km_outside: float | None
    """Of those, outside built-up areas; None where the map does not tell."""
    noise_m: float
    """Two thirds of the fixes lie nearer to the path than this."""
    kinds: dict[str, KindFigures]
    """By kind; one without evidence is not judged."""
    all: KindFigures
    load: Load


def figures_of(
    variant: str,
    title: str,
    passages: Sequence[PassageCase],
    prompts: Sequence[PromptCase],
    sentences: Sequence[Sentence],
    paths: list[Path],
    driving: Driving,
    *,
    km_outside: float | None,
    noise_m: float,
    fixes: int,
    vehicles: int,
) -> Figures:
    """Return what the cases of one run come to."""
    met = {passage.kind for passage in passages} | {prompt.kind for prompt in prompts}
    kinds = {
        kind: _kind(
            [passage for passage in passages if passage.kind == kind],
            [prompt for prompt in prompts if prompt.kind == kind],
            driving,
            km_outside,
        )
        for kind in (*KINDS, *sorted(met - KINDS.keys()))
    }
    return Figures(
        variant=variant,
        title=title,
        fixes=fixes,
        vehicles=vehicles,
        km=round(driving.km, 1),
        hours=round(driving.hours, 2),
        km_outside=None if km_outside is None else round(km_outside, 1),
        noise_m=round(noise_m, 1),
        kinds=kinds,
        all=_kind(passages, prompts, driving, km_outside),
        load=load_of(passages, prompts, sentences, paths, driving),
    )


def _kind(
    passages: Sequence[PassageCase], prompts: Sequence[PromptCase], driving: Driving, km_outside: float | None
) -> KindFigures:
    return KindFigures(passages=told_of(passages), prompts=heard_of(prompts, driving, km_outside))


def told_of(passages: Sequence[PassageCase]) -> Told:
    """Return how those passages were told."""
    status = Counter(p.status for p in passages)
    scored = [p for p in passages if p.status == SCORED]
    counted = [p for p in scored if not p.displaced]
    found = [p for p in counted if p.found]
    over = [p for p in counted if p.limit_kmh is None or (p.highest_kmh or 0.0) > p.limit_kmh]
    in_time = Counter(p.in_time for p in counted)
    two = [p for p in counted if p.fixes_before_lead >= TWO_FIXES]
    two_by_time = sum(p.in_time == BY_TIME for p in two)
    before = [p.before_s for p in found if p.before_s is not None]
    return Told(
        total=len(passages),
        scored=len(scored),
        slow=status[SLOW],
        slow_told=sum(p.found for p in passages if p.status == SLOW),
        without_segment=status[NO_SEGMENT],
        unjudged=_counted(p.why for p in passages if p.status == UNJUDGED),
        displaced=len(scored) - len(counted),
        found=len(found),
        found_pct=share_pct(len(found), len(counted)),
        over_limit=len(over),
        over_limit_found=sum(p.found for p in over),
        over_limit_found_pct=share_pct(sum(p.found for p in over), len(over)),
        by_time=in_time[BY_TIME],
        by_clause=in_time[BY_CLAUSE],
        neither=in_time[NEITHER],
        in_time_pct=share_pct(in_time[BY_TIME] + in_time[BY_CLAUSE], len(counted)),
        two_fixes=len(two),
        two_fixes_by_time=two_by_time,
        two_fixes_by_time_pct=share_pct(two_by_time, len(two)),
        before_entry_s={f"p{round(100 * q)}": round(float(np.quantile(before, q)), 1) for q in QUANTILES if before},
        missed=_counted(p.missed for p in counted if not p.found),
    )


def heard_of(prompts: Sequence[PromptCase], driving: Driving, km_outside: float | None) -> Heard:
    """Return what those sentences were worth."""
    judged = [p for p in prompts if p.unjudged is None]
    wrong = sum(bool(p.wrong) for p in judged)
    idle = [p for p in judged if p.idle]
    outside = None if km_outside is None else sum(p.built_up is False for p in idle)
    by = Counter(reason for p in judged for reason in p.wrong)
    return Heard(
        judged=len(judged),
        unjudged=_counted(p.unjudged for p in prompts),
        forms=_counted(p.form for p in judged),
        wrong=wrong,
        wrong_pct=share_pct(wrong, len(judged)),
        wrong_by={reason: by[reason] for reason in WRONG if by[reason]},
        turned_back=sum(p.turned_back for p in judged),
        idle=len(idle),
        idle_per_100km=_rate(100 * len(idle), driving.km),
        idle_per_hour=_rate(len(idle), driving.hours),
        idle_outside=outside,
        idle_outside_per_100km=None if outside is None or km_outside is None else _rate(100 * outside, km_outside),
    )


def load_of(
    passages: Sequence[PassageCase],
    prompts: Sequence[PromptCase],
    sentences: Sequence[Sentence],
    paths: list[Path],
    driving: Driving,
) -> Load:
    """Return how much the drivers had to listen to."""
    entered: dict[str, list[float]] = {}
    scored = [p for p in passages if p.status == SCORED and p.entered_at is not None]
    for p in scored:
        entered.setdefault(p.vehicle, []).append(seconds(p.entered_at or ""))
    spoken = [s for s in sentences if s.spoken]
    approach = [s for s in spoken if s.alert.kind == "approach"]
    hourly, hourly_all = per_hour(paths, approach), per_hour(paths, spoken)
    pauses = pauses_s(approach)
    return Load(
        prompts=len(approach),
        per_hour_mean=_rate(int(hourly.sum()), driving.hours),
        per_hour_median=round(float(np.median(hourly)), 1) if hourly.size else None,
        per_hour_p95=round(float(np.quantile(hourly, 0.95)), 1) if hourly.size else None,
        all_kinds_per_hour_p95=round(float(np.quantile(hourly_all, 0.95)), 1) if hourly_all.size else None,
        shortest_pause_s=round(float(pauses.min()), 1) if pauses.size else None,
        idle_within_60s=idle_close(prompts, sentences),
        most_in_time_pct=share_pct(most_in_time(paths, entered), len(scored)),
    )


def share_pct(part: int, whole: int) -> float | None:
    """Return a share in per cent with one decimal; None of nothing."""
    return round(100.0 * part / whole, 1) if whole else None


def _rate(count: int, per: float) -> float | None:
    return round(count / per, 1) if per > 0.0 else None


def _counted(reasons: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(reason for reason in reasons if reason is not None).most_common())
