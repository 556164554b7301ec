"""The errors of a satellite receiver: a slowly wandering bias, echoes, white noise, drift about an outage.

Figures are those of single-frequency receivers on vehicles: 2 to 5 m on either axis under open sky, of which most
changes over minutes, so that fixes a second apart err alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

PARTS: Final = ((600.0, (1.5, 3.5)), (20.0, (1.0, 2.5)), (0.0, (0.4, 1.0)))
"""Memory in s, and the range from which the standard deviation on either axis is drawn once a vehicle, m: bias of
orbits and air, echoes from what stands around, white noise."""
STANDING: Final = 2.0
"""How much wider the echoes scatter while the vehicle stands: they are not averaged over a way."""
DRIFT_M: Final = (10.0, 50.0)
"""Range of the error at the moment at which the last satellite goes, and the first comes back, m."""
DRIFT_IN_S: Final = 3.0
"""How fast the error grows before an outage, s to the e-th part."""
DRIFT_OUT_S: Final = 6.0
"""How fast it fades after one, s."""


def draw_noise_m(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the standard deviations of a vehicle's receiver, one a part, m."""
    return np.array([rng.uniform(*span) for _, span in PARTS])


def errors_m(
    time_s: NDArray[np.float64],
    standing: NDArray[np.bool_],
    lost: NDArray[np.float64],
    noise_m: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return the errors of fixes as two rows, east and north, m.

    ``time_s`` rises and holds no time inside an outage; ``lost`` are (k, 2) beginnings and ends of outages;
    ``noise_m`` is what ``draw_noise_m`` returned.
    """
    error = np.zeros((2, time_s.size))
    for (memory_s, _), sigma_m in zip(PARTS, noise_m, strict=True):
        part = rng.standard_normal((2, time_s.size))
        if memory_s > 0:
            part = correlated(time_s, part, memory_s)
        if memory_s == PARTS[1][0]:
            part = part * np.where(standing, STANDING, 1.0)
        error += part * sigma_m
    for begin, end in lost.tolist():
        for sign, moment, fade_s in ((-1, begin, DRIFT_IN_S), (1, end, DRIFT_OUT_S)):
            course, size_m = rng.uniform(0, 2 * np.pi), rng.uniform(*DRIFT_M)
            since = sign * (time_s - moment)
            grown = np.where(since >= 0, np.exp(-np.maximum(since, 0.0) / fade_s), 0.0)
            error += size_m * grown * np.array([[np.sin(course)], [np.cos(course)]])
    return error


@njit(cache=True, nogil=True)
def correlated(time_s, white, memory_s):  # type: ignore[no-untyped-def]
    """Return two rows of standard deviation 1 in which each value remembers the one before, fading with time."""
    out = white.copy()
    for i in range(1, time_s.size):
        keep = np.exp(-(time_s[i] - time_s[i - 1]) / memory_s)
        for row in range(white.shape[0]):
            out[row, i] = keep * out[row, i - 1] + np.sqrt(1 - keep * keep) * white[row, i]
    return out


@njit(cache=True, nogil=True)
def stale(heading_deg, speed_kmh, least_kmh):  # type: ignore[no-untyped-def]
    """Return courses of which those under ``least_kmh`` are the last one over it, as receivers hold them."""
    out = heading_deg.copy()
    for i in range(1, out.size):
        if speed_kmh[i] < least_kmh:
            out[i] = out[i - 1]
    return out
