"""How much slower they entered: a matched difference and its interval.

Passages are held against each other within a stratum: the same segment, approached at a like speed. The difference of
the mean entry speeds of a stratum counts with its spoken passages, so the answer is for those who were spoken to. The
interval is a percentile bootstrap over vehicles, since the passages of one vehicle are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.slowed.arms import SPOKEN, Arms

LIKE_KMH: Final = 10.0
"""Approach speeds within one step of this are alike."""
DRAWS: Final = 2000
SEED: Final = 1
CONFIDENCE: Final = 0.95
LEAST_PASSAGES: Final = 10
LEAST_VEHICLES: Final = 5
"""In each arm: below, nothing is said; a bootstrap over fewer vehicles knows too little of how they differ."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference over some segments, among matched passages."""

    level: str
    """``all``, ``kind`` or ``segment``."""
    name: str
    """Which segments: ``all``, a kind, or the id of one."""
    spoken: int
    others: int
    """Matched passages of each arm."""
    spoken_vehicles: int
    other_vehicles: int
    approach_spoken_kmh: float
    approach_others_kmh: float
    """Mean approach speeds, the others weighted as in the difference: they show how alike the arms are."""
    entry_spoken_kmh: float
    entry_others_kmh: float
    difference_kmh: float | None
    """Entry speed of the spoken minus that of the others; negative is slower. None where too few are matched."""
    low_kmh: float | None
    high_kmh: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison."""

    effects: list[Effect]
    """All, then kinds, then segments; each from most to fewest spoken passages."""
    unmatched_spoken: int
    """Spoken passages without a like one among the others."""
    unmatched_others: int


def compare(arms: Arms, against: int) -> Compared:
    """Compare the spoken passages with those of the arm ``against``."""
    chosen = np.flatnonzero((arms.arm == SPOKEN) | (arms.arm == against))
    speed_bin = np.floor(arms.approach_kmh[chosen] / LIKE_KMH).astype(np.int64)
    _, stratum = np.unique(np.column_stack((arms.segment[chosen], speed_bin)), axis=0, return_inverse=True)
    stratum = stratum.reshape(-1)
    spoken = arms.arm[chosen] == SPOKEN
    counts = [np.bincount(stratum[who], minlength=int(stratum.max(initial=-1)) + 1) for who in (spoken, ~spoken)]
    matched = ((counts[0] > 0) & (counts[1] > 0))[stratum]
    lost = int(np.count_nonzero(spoken & ~matched)), int(np.count_nonzero(~spoken & ~matched))
    rows, spoken = chosen[matched], spoken[matched]
    if not rows.size:
        return Compared([], *lost)
    strata, stratum = np.unique(stratum[matched], return_inverse=True)
    segment_of = np.zeros(strata.size, np.int64)
    segment_of[stratum] = arms.segment[rows]
    kinds = sorted({arms.segments[row].kind for row in segment_of.tolist()})
    kind_of = np.array([kinds.index(arms.segments[row].kind) for row in segment_of.tolist()], np.int64)
    own = np.unique(segment_of)
    levels = (
        ("all", ["all"], np.zeros(strata.size, np.int64)),
        ("kind", kinds, kind_of),
        ("segment", [arms.segments[row].id for row in own.tolist()], np.searchsorted(own, segment_of)),
    )
    table = _Table(arms, rows, stratum, spoken, strata.size)
    ones = np.ones(len(arms.vehicles))
    strata_apart = table.strata_apart(ones)
    points = [differences(*strata_apart, groups) for _, _, groups in levels]
    random = np.random.default_rng(SEED)
    drawn: list[list[NDArray[np.float64]]] = [[] for _ in levels]
    at_hand = np.unique(arms.vehicle[rows])
    for _ in range(DRAWS):
        weight = np.zeros(len(arms.vehicles))
        weight[at_hand] = random.multinomial(at_hand.size, np.full(at_hand.size, 1.0 / at_hand.size))
        strata_apart = table.strata_apart(weight)
        for held, (_, _, groups) in zip(drawn, levels, strict=True):
            held.append(differences(*strata_apart, groups))
    effects: list[Effect] = []
    for (level, names, groups), point, held in zip(levels, points, drawn, strict=True):
        draws = np.array(held)
        found = [table.effect(level, name, groups == at, point[at], draws[:, at]) for at, name in enumerate(names)]
        effects += sorted(found, key=lambda one: (-one.spoken, one.name))
    return Compared(effects, *lost)


def differences(
    apart: NDArray[np.float64], spoken: NDArray[np.float64], groups: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the difference in each group of strata, km/h; NaN where none of its strata has both arms."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.bincount(groups, spoken * apart) / np.bincount(groups, spoken), np.float64)


@dataclass(frozen=True, slots=True)
class _Table:
    """The matched passages."""

    arms: Arms
    rows: NDArray[np.int64]
    stratum: NDArray[np.int64]
    spoken: NDArray[np.bool_]
    strata: int

    def strata_apart(self, vehicle_weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the difference in each stratum, km/h, and its spoken passages; both 0 where an arm is missing."""
        weight = vehicle_weight[self.arms.vehicle[self.rows]]
        entry = self.arms.entry_kmh[self.rows]
        sums = []
        for who in (self.spoken, ~self.spoken):
            n = np.bincount(self.stratum[who], weight[who], self.strata)
            total = np.bincount(self.stratum[who], (weight * entry)[who], self.strata)
            sums.append((n, total))
        (n_spoken, spoken), (n_others, others) = sums
        both = (n_spoken > 0) & (n_others > 0)
        apart = np.zeros(self.strata)
        apart[both] = spoken[both] / n_spoken[both] - others[both] / n_others[both]
        return apart, np.where(both, n_spoken, 0.0)

    def effect(
        self, level: str, name: str, strata: NDArray[np.bool_], point: float, drawn: NDArray[np.float64]
    ) -> Effect:
        """Return the effect over some strata."""
        inside = strata[self.stratum]
        rows, spoken, stratum = self.rows[inside], self.spoken[inside], self.stratum[inside]
        n_spoken = np.bincount(stratum[spoken], minlength=self.strata)
        n_others = np.bincount(stratum[~spoken], minlength=self.strata)
        like = (n_spoken / np.maximum(n_others, 1))[stratum[~spoken]]
        counts = int(spoken.sum()), int(np.count_nonzero(~spoken))
        vehicle = self.arms.vehicle[rows]
        vehicles = np.unique(vehicle[spoken]).size, np.unique(vehicle[~spoken]).size
        enough = min(counts) >= LEAST_PASSAGES and min(vehicles) >= LEAST_VEHICLES
        tail = 50.0 * (1.0 - CONFIDENCE)
        low, high = np.nanpercentile(drawn, [tail, 100.0 - tail]) if enough else (np.nan, np.nan)
        approach, entry = self.arms.approach_kmh[rows], self.arms.entry_kmh[rows]
        return Effect(
            level,
            name,
            *counts,
            *vehicles,
            round(float(approach[spoken].mean()), 1),
            round(float(np.average(approach[~spoken], weights=like)), 1),
            round(float(entry[spoken].mean()), 1),
            round(float(np.average(entry[~spoken], weights=like)), 1),
            round(float(point), 2) if enough else None,
            round(float(low), 2) if enough else None,
            round(float(high), 2) if enough else None,
        )
