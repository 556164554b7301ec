"""Evaluate: the drives through the engine, the voice queue on event time, and the verdict of the judge on both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.record import Alert
from forewarn.judge.cases import PassageCase, PromptCase
from forewarn.judge.doubt import doubtful
from forewarn.judge.evidence import Evidence, Standards, bring_together
from forewarn.judge.figures import Figures, figures_of
from forewarn.judge.fixes import Fixes
from forewarn.judge.hearing import judge_sentences
from forewarn.judge.leads import Terms
from forewarn.judge.load import driving_of
from forewarn.judge.passing import judge_passage
from forewarn.judge.surroundings import Surroundings, Unknown
from forewarn.judge.truth import Truth
from forewarn.judge.variants import VARIANTS, Variant
from forewarn.judge.whereabouts import Whereabouts
from forewarn.replay import Replay
from geofence.plane import metres_per_degree_columns, wrapped_columns
from ingest.positions import PositionBatch

PORTION: Final = 65_536
"""Fixes that the engine is given at once; any other number gives the same records."""
MOST_MEASURED: Final = 50_000
"""Fixes of which the noise is measured, at most: as many as that tell it well enough."""
TWO_THIRDS: Final = 0.683
"""Share of the fixes that lie within one standard deviation."""


@dataclass(frozen=True, slots=True)
class Run:
    """One variant of the drives, judged."""

    figures: Figures
    passages: list[PassageCase]
    prompts: list[PromptCase]
    evidence: Evidence
    """What the verdict rests on, for the report of single cases."""


def evaluate_drives(
    replay: Replay,
    drives: PositionBatch,
    truth: Truth,
    *,
    variant: Variant = VARIANTS[0],
    surroundings: Surroundings | None = None,
    progress: Callable[[int], None] | None = None,
) -> Run:
    """Judge the engine over drives whose truth is known.

    ``replay`` gives the rules and the segments (its own engine is not stepped), ``drives`` are screened positions (what
    ``replay.batches`` gives, ``gathered``), ``truth`` is joined to the replay's segments. ``progress`` is told the
    fixes just judged by the engine.
    """
    sent = variant.of(drives)
    alerts = _alerts(replay, sent, progress)
    whereabouts, fixes = Whereabouts(truth.paths), Fixes(sent)
    around = surroundings or Unknown()
    noise_m = noise_of(whereabouts, fixes)
    evidence = bring_together(
        truth,
        whereabouts,
        fixes,
        alerts,
        replay.segments,
        standards_of(replay),
        noise_m=noise_m,
        surroundings=around,
        doubts=doubtful(whereabouts, Fixes(drives)),
    )
    rows = driven_rows(whereabouts, Fixes(drives))
    passages = [judge_passage(row, evidence) for row, one in enumerate(truth.passages) if one.path in rows]
    prompts = list(judge_sentences(evidence))
    paths = [truth.paths[row] for row in sorted(rows)]
    figures = figures_of(
        variant.name,
        variant.title,
        passages,
        prompts,
        evidence.sentences,
        paths,
        driving_of(paths),
        km_outside=around.km_outside(rows),
        noise_m=noise_m,
        fixes=len(sent),
        vehicles=len(np.unique(sent.vehicle)),
    )
    return Run(figures, passages, prompts, evidence)


def _alerts(replay: Replay, sent: PositionBatch, progress: Callable[[int], None] | None) -> list[Alert]:
    engine = replay.fresh_engine()
    alerts: list[Alert] = []
    for at in range(0, len(sent), PORTION):
        portion = sent.take(slice(at, at + PORTION))
        alerts += engine.step(portion).alerts
        if progress is not None:
            progress(len(portion))
    return alerts


def standards_of(replay: Replay) -> Callable[[str], Standards]:
    """Return by what each vehicle's sentences are measured: the figures of its profile and class."""
    held: dict[tuple[str, str, str], Standards] = {}

    def standards(name: str) -> Standards:
        vehicle = replay.known.get(name, replay.default)
        key = vehicle.profile, vehicle.vehicle_class, vehicle.language
        if key not in held:
            figures = replay.profiles[vehicle.profile].figures("approach", vehicle.vehicle_class)
            terms = Terms(figures["latency_network_s"].value, figures["reaction_s"].value, figures["decel_ms2"].value)
            held[key] = Standards(terms, vehicle.language)
        return held[key]

    return standards


def driven_rows(whereabouts: Whereabouts, fixes: Fixes) -> frozenset[int]:
    """Return the paths on which the drives have a fix: a truth may tell of more drives than are judged."""
    rows = set()
    for row, path in enumerate(whereabouts.paths):
        begin_s, end_s = whereabouts.span_s(row)
        times = fixes.of(path.vehicle).time_s
        if np.searchsorted(times, end_s, side="right") > np.searchsorted(times, begin_s):
            rows.add(row)
    return frozenset(rows)


def noise_of(whereabouts: Whereabouts, fixes: Fixes) -> float:
    """Return how far the fixes lie from where the paths say the vehicles were: two thirds lie nearer, metres.

    0 where no path tells of any fix.
    """
    apart = []
    measured = 0
    for row, path in enumerate(whereabouts.paths):
        own = fixes.of(path.vehicle)
        begin_s, end_s = whereabouts.span_s(row)
        within = slice(*np.searchsorted(own.time_s, (begin_s, end_s)).tolist())
        times = own.time_s[within]
        if not times.size:
            continue
        known = np.isfinite(path.at_s)
        lon, lat = (np.interp(times, path.at_s[known], held[known]) for held in (path.lon, path.lat))
        per_lon, per_lat = metres_per_degree_columns(lat)
        apart.append(np.hypot(wrapped_columns(own.lon[within] - lon) * per_lon, (own.lat[within] - lat) * per_lat))
        measured += times.size
        if measured > MOST_MEASURED:
            break
    return float(np.quantile(np.concatenate(apart), TWO_THIRDS)) if apart else 0.0
