"""How much a driver has to listen to: prompts per driving hour, and the pauses between them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.cases import PromptCase
from forewarn.judge.spoken import Sentence
from forewarn.judge.truth import Path

HOUR_S: Final = 3600.0
STAND_S: Final = 120.0
STAND_KMH: Final = 5.0
"""Between two known moments that lie further apart and are driven slower than this, the vehicle stood: no driving."""
CLOSE_S: Final = 60.0
"""Two idle sentences begun closer than this to each other are counted."""


@dataclass(frozen=True, slots=True)
class Driving:
    """What was driven, all vehicles together."""

    km: float
    hours: float
    """Without longer stands."""


def moving(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the moments at which a path tells the time, and the seconds driven until each."""
    known = np.flatnonzero(np.isfinite(path.at_s))
    times, metres = path.at_s[known], path.at_m[known]
    took = np.diff(times)
    stood = (took > STAND_S) & (np.diff(metres) * 3.6 < STAND_KMH * took)
    return times, np.concatenate(([0.0], np.cumsum(np.where(stood, 0.0, took)))) if times.size else times


def driving_of(paths: list[Path]) -> Driving:
    """Return kilometres and hours of all paths, as far as fixes tell."""
    km = hours = 0.0
    for path in paths:
        known = np.flatnonzero(np.isfinite(path.at_s))
        if known.size:
            km += float(path.at_m[known[-1]] - path.at_m[known[0]]) / 1000.0
            hours += float(moving(path)[1][-1]) / HOUR_S
    return Driving(km, hours)


def per_hour(paths: list[Path], heard: list[Sentence]) -> NDArray[np.int64]:
    """Return how many sentences fell into each driving hour of each vehicle; the hour begun last counts as one."""
    begun: dict[str, list[float]] = defaultdict(list)
    for sentence in heard:
        begun[sentence.alert.vehicle].append(sentence.began_s)
    own: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        own[path.vehicle].append(path)
    counts: list[int] = []
    for vehicle, pieces in own.items():
        driven_s = 0.0
        hour: list[int] = []
        for path in pieces:
            times, moved = moving(path)
            if not times.size:
                continue
            within = [s for s in begun[vehicle] if times[0] <= s <= times[-1]]
            hour += ((driven_s + np.interp(within, times, moved)) // HOUR_S).astype(int).tolist()
            driven_s += float(moved[-1])
        if driven_s > 0.0:
            hours = max(math.ceil(driven_s / HOUR_S), max(hour, default=0) + 1)
            counts += np.bincount(hour, minlength=hours).tolist()
    return np.array(counts, np.int64)


def pauses_s(heard: list[Sentence]) -> NDArray[np.float64]:
    """Return the pauses between the sentences that one driver hears, from the end of one to the begin of the next."""
    own: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in heard:
        own[sentence.alert.vehicle].append(sentence)
    found = []
    for spoken in own.values():
        spoken.sort(key=lambda s: s.began_s)
        found += [after.began_s - (before.began_s + before.length_s) for before, after in pairwise(spoken)]
    return np.array(found)


def idle_close(prompts: Sequence[PromptCase], sentences: Sequence[Sentence]) -> int:
    """Return how many idle sentences began within 60 s of the idle one before, for the same driver."""
    idle = {(p.alert_id, p.seq) for p in prompts if p.idle}
    began: dict[str, list[float]] = {}
    for s in sentences:
        if (s.alert.id, s.alert.seq) in idle:
            began.setdefault(s.alert.vehicle, []).append(s.began_s)
    return sum(int((np.diff(np.sort(moments)) < CLOSE_S).sum()) for moments in began.values())
