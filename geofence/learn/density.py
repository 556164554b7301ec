"""Where more happens than the traffic explains: a count held against what it should be, and what is left after many
looks.

What should happen on a stretch is its traffic times the rate of comparable roads, driver mix included: a vehicle that
always speeds makes every road it uses look bad, so each vehicle is held against itself elsewhere. Counts are then taken
for Poisson; being sums of trials that each happen at most once they vary less, which errs on the quiet side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FALSE_SHARE: Final = 0.05
"""Of the places proposed, this share may be chance (Benjamini and Hochberg 1995)."""
LEAST_RATIO: Final = 2.0
"""And each has at least this many times the expected count: with much data every small difference is certain."""
LEAST_VEHICLES: Final = 3
"""And at least so many vehicles brought it about: the place, not one driver."""
OWN_WEIGHT: Final = 5.0
"""A vehicle's own factor is held towards 1 as if it had brought about so many events at the rate of all."""
CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Tested:
    """Columns of one value per place."""

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    exposure: NDArray[np.float64]
    """Passes, or metres of road where no traffic is known."""
    vehicles: NDArray[np.int64]
    """Different vehicles among the events; -1 where nobody tells."""
    ratio: NDArray[np.float64]
    """Observed over expected; NaN where nothing is expected."""
    ratio_low: NDArray[np.float64]
    ratio_high: NDArray[np.float64]
    """Its exact interval, see ``poisson_interval``."""
    p: NDArray[np.float64]
    """Chance of so many or more, were the place like its peers."""


def expected_counts(
    place: NDArray[np.int64],
    vehicle: NDArray[np.int64],
    events: NDArray[np.int64],
    group: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what should happen at each place, by indirect standardisation for its peers and its vehicles.

    A row is one pass: the place passed, the vehicle (codes from 0) and the events on it; ``group`` tells for each
    place which are its peers. A vehicle's factor is its events over those expected of it, shrunk towards 1.
    """
    if not place.size:
        return np.zeros(group.size)
    of_group = group[place]
    passes = np.bincount(of_group)
    rate = np.bincount(of_group, events) / np.maximum(passes, 1)
    due = rate[of_group]
    factor = (np.bincount(vehicle, events) + OWN_WEIGHT) / (np.bincount(vehicle, due) + OWN_WEIGHT)
    weight = due * factor[vehicle]
    # the factors change the sum over a group a little: it is brought back, so that each group expects what it saw
    seen = np.bincount(of_group, weight)
    back = np.divide(rate * passes, seen, where=seen > 0, out=np.ones_like(seen))
    return np.bincount(place, weight * back[of_group], group.size).astype(np.float64)


def judged(
    observed: NDArray[np.int64],
    expected: NDArray[np.float64],
    exposure: NDArray[np.float64],
    vehicles: NDArray[np.int64],
) -> Tested:
    """Return ratio, interval and one-sided exact Poisson p of each place; p is 1 where nothing is expected."""
    known = expected > 0.0
    safe = np.where(known, expected, 1.0)
    low, high = poisson_interval(observed)
    return Tested(
        observed,
        expected,
        exposure,
        vehicles,
        np.where(known, observed / safe, np.nan),
        np.where(known, low / safe, np.nan),
        np.where(known, high / safe, np.nan),
        np.where(known, stats.poisson.sf(observed - 1, safe), 1.0),
    )


def poisson_interval(observed: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exact bounds of the means that may lie behind Poisson counts (Garwood 1936), at ``CONFIDENCE``."""
    tail = (1.0 - CONFIDENCE) / 2.0
    low = np.where(observed > 0, stats.gamma.ppf(tail, np.maximum(observed, 1)), 0.0)
    return low, stats.gamma.ppf(1.0 - tail, observed + 1)


def adjusted(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Benjamini and Hochberg's q of every p: the share of chance among all that are no greater."""
    return stats.false_discovery_control(p) if p.size else p


def stands_out(tested: Tested, q: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which places stand out: certain enough, by enough, and by enough vehicles."""
    by_several = (tested.vehicles < 0) | (tested.vehicles >= LEAST_VEHICLES)
    return (q <= FALSE_SHARE) & (np.nan_to_num(tested.ratio) >= LEAST_RATIO) & by_several
