"""What a terminal reports of a drive: fixes at an interval, with noise, outages and late blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg
from forewarn.simulate.roads import METRES_PER_DEGREE, Roads, course_deg

NOISE_M: Final = (3.0, 6.0)
"""Standard deviation of the position on either axis, m, drawn once a vehicle: 4 to 8 m in the plane."""
NOISE_MEMORY_S: Final = 60.0
"""How long an error of position lasts, s."""
SPEED_NOISE_KMH: Final = 0.6
"""Standard deviation of GNSS speed, km/h (JT/T 794 allows 2 m/s; receivers are far better)."""
HEADING_NOISE_DEG: Final = 2.0
"""Standard deviation of the course at 30 km/h and more, degrees; it grows as the speed falls."""
JITTER: Final = 0.1
"""Largest shift of a report, as a share of the interval, and never over ``JITTER_S``."""
JITTER_S: Final = 2.0
OUTAGE_EVERY_S: Final = 2 * 3600.0
"""Mean time between outages in which fixes are lost, and between blocks that arrive late, s."""
OUTAGE_S: Final = (30.0, 300.0)
LATE_S: Final = (90.0, 900.0)
"""Shortest and longest stretch of time that is held back and sent when the line is there again, s."""
BLOCK_S: Final = 1.5
"""When the first fix of a block arrives after the line is back, s; the others follow ``BLOCK_STEP_S`` apart."""
BLOCK_STEP_S: Final = 0.02
DELAY_S: Final = 0.8
"""Median delay of a report that is not held back, s (log-normal, a tenth over 2 s)."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The receiver and the line of one vehicle over the whole time, in seconds from the start of the fleet."""

    noise_m: float
    phase_s: float
    """When the first report falls due."""
    outages: NDArray[np.float64]
    """(k, 2) beginnings and ends of the times without fixes, in order."""
    late: NDArray[np.float64]
    """(k, 2) beginnings and ends of the times held back."""


@dataclass(frozen=True, slots=True)
class Fixes:
    """Columns of the fixes of one vehicle, in order of time."""

    time_s: NDArray[np.float64]
    """Seconds from the start of the fleet."""
    received_s: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    speed_kmh: NDArray[np.float64]
    heading_deg: NDArray[np.float64]


def draw_terminal(rng: np.random.Generator, interval_s: float, seconds: float) -> Terminal:
    """Return the terminal of a vehicle."""
    return Terminal(
        float(rng.uniform(*NOISE_M)),
        float(rng.uniform(0, interval_s)),
        _times(rng, seconds, OUTAGE_S),
        _times(rng, seconds, LATE_S),
    )


def _times(rng: np.random.Generator, seconds: float, span_s: tuple[float, float]) -> NDArray[np.float64]:
    begin = np.sort(rng.uniform(0, seconds, rng.poisson(seconds / OUTAGE_EVERY_S)))
    return np.column_stack((begin, begin + rng.uniform(*span_s, begin.size)))


def report(
    roads: Roads, leg: Leg, begin_s: float, interval_s: float, terminal: Terminal, rng: np.random.Generator
) -> Fixes:
    """Return the fixes of one leg that begins ``begin_s`` after the start of the fleet."""
    last_s = begin_s + leg.odometer_m.size - 1
    first, last = np.ceil((np.array([begin_s, last_s]) - terminal.phase_s) / interval_s)
    due = np.arange(first, last + 1)
    shift = min(JITTER * interval_s, JITTER_S)
    time_s = terminal.phase_s + interval_s * due + rng.uniform(-shift, shift, due.size)
    time_s = np.round(time_s[(time_s >= begin_s) & (time_s <= last_s)], 3)
    time_s = time_s[~_within(time_s, terminal.outages)[0]]
    since = time_s - begin_s
    second = np.arange(leg.odometer_m.size)
    speed_kmh = np.interp(since, second, leg.speed_ms) * 3.6
    lon, lat, course = place(roads, leg, np.interp(since, second, leg.odometer_m))

    wander = correlated(time_s, rng.standard_normal((2, time_s.size)), NOISE_MEMORY_S) * terminal.noise_m
    wander += rng.normal(0, 0.7, wander.shape)
    lat_m = wander[1] / METRES_PER_DEGREE
    lon_m = wander[0] / (METRES_PER_DEGREE * np.cos(np.radians(lat)))
    heading = course + rng.standard_normal(time_s.size) * HEADING_NOISE_DEG * np.clip(
        30 / np.maximum(speed_kmh, 1), 1, 15
    )
    shown = np.where(speed_kmh > 0.3, np.abs(speed_kmh + rng.normal(0, SPEED_NOISE_KMH, time_s.size)), 0.0)

    delay = DELAY_S * np.exp(0.7 * rng.standard_normal(time_s.size))
    held, until = _within(time_s, terminal.late)
    received = np.where(held, until + BLOCK_S + BLOCK_STEP_S * np.arange(time_s.size), time_s + delay)
    return Fixes(time_s, received, (lon + lon_m + 540) % 360 - 180, lat + lat_m, shown, heading % 360)


def place(
    roads: Roads, leg: Leg, odometer_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude, latitude and course at points of a leg, given in metres of its odometer."""
    at = np.clip(np.searchsorted(leg.route_m, odometer_m, side="right") - 1, 0, leg.route.size - 1)
    stretch = leg.route[at]
    along = np.clip(odometer_m - leg.route_m[at], 0, roads.length_m[stretch])
    low, high = roads.start[stretch], roads.start[stretch + 1] - 2
    vertex = _piece(roads.along_m, low, high, along)
    long = roads.along_m[vertex + 1] - roads.along_m[vertex]
    share = (along - roads.along_m[vertex]) / np.maximum(long, 1e-9)
    east = (roads.lon[vertex + 1] - roads.lon[vertex] + 540) % 360 - 180
    lon = roads.lon[vertex] + share * east
    lat = roads.lat[vertex] + share * (roads.lat[vertex + 1] - roads.lat[vertex])
    course = course_deg(roads.lon[vertex], roads.lat[vertex], roads.lon[vertex + 1], roads.lat[vertex + 1])
    return lon, lat, course


@njit(cache=True, nogil=True)
def _piece(along_m, low, high, metre):  # type: ignore[no-untyped-def]
    """Return, for each metre along a stretch, the vertex at which the piece under it begins."""
    found = low.copy()
    for i in range(metre.size):
        while found[i] < high[i] and along_m[found[i] + 1] <= metre[i]:
            found[i] += 1
    return found


@njit(cache=True, nogil=True)
def correlated(time_s, white, memory_s):  # type: ignore[no-untyped-def]
    """Return two rows of standard deviation 1 in which each value remembers the one before, fading with time."""
    out = white.copy()
    for i in range(1, time_s.size):
        keep = np.exp(-(time_s[i] - time_s[i - 1]) / memory_s)
        for row in range(white.shape[0]):
            out[row, i] = keep * out[row, i - 1] + np.sqrt(1 - keep * keep) * white[row, i]
    return out


def _within(time_s: NDArray[np.float64], spans: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Tell which times lie in one of the spans, and when the last such span ends."""
    until = np.full(time_s.size, -np.inf)
    for begin, end in spans:
        inside = (time_s >= begin) & (time_s < end)
        until[inside] = np.maximum(until[inside], end)
    return np.isfinite(until), until
