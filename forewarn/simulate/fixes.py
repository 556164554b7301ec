"""What a terminal reports of a drive: fixes at an interval, with noise, outages and late blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg
from forewarn.simulate.plan import Stop
from forewarn.simulate.position import place
from forewarn.simulate.receiver import draw_noise_m, errors_m, stale
from forewarn.simulate.roads import METRES_PER_DEGREE, Roads
from forewarn.simulate.truth import reached_s

SPEED_NOISE_KMH: Final = 0.6
"""Standard deviation of GNSS speed, km/h (JT/T 794 allows 2 m/s; receivers are far better)."""
HEADING_NOISE_DEG: Final = 2.0
"""Standard deviation of the course at 30 km/h and more, degrees; it grows as the speed falls."""
STALE_KMH: Final = 3.0
"""Below this speed a receiver holds its last course, km/h."""
STANDING_KMH: Final = 0.3
"""Below this speed a vehicle stands, km/h."""
CREEP_SHARE: Final = 0.15
"""Share of the fixes of a standing vehicle that show a speed, of about ``CREEP_KMH``."""
CREEP_KMH: Final = 0.7
LEAST_TUNNEL_M: Final = 40.0
"""A shorter tunnel takes no fix away, m."""
PULL_M: Final = 80.0
"""Over this distance a vehicle leaves its road before a stop and comes back to it behind, m."""
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

    noise_m: NDArray[np.float64]
    """Standard deviations of the receiver's errors, as ``receiver.draw_noise_m`` returns them."""
    phase: float
    """When the first report falls due, as a share of the interval."""
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


def draw_terminal(rng: np.random.Generator, seconds: float) -> Terminal:
    """Return the terminal of a vehicle."""
    return Terminal(
        draw_noise_m(rng),
        float(rng.uniform(0, 1)),
        _times(rng, seconds, OUTAGE_S),
        _times(rng, seconds, LATE_S),
    )


def _times(rng: np.random.Generator, seconds: float, span_s: tuple[float, float]) -> NDArray[np.float64]:
    begin = np.sort(rng.uniform(0, seconds, rng.poisson(seconds / OUTAGE_EVERY_S)))
    return np.column_stack((begin, begin + rng.uniform(*span_s, begin.size)))


def report(
    roads: Roads,
    leg: Leg,
    begin_s: float,
    interval_s: float,
    terminal: Terminal,
    rng: np.random.Generator,
    digits: int = 3,
) -> Fixes:
    """Return the fixes of one leg that begins ``begin_s`` after the start of the fleet.

    ``digits`` are the decimals of the times, at which the fixes are taken: 0 for terminals that tell whole seconds.
    """
    last_s = begin_s + leg.odometer_m.size - 1
    first, last = np.ceil((np.array([begin_s, last_s]) - terminal.phase * interval_s) / interval_s)
    due = np.arange(first, last + 1)
    shift = min(JITTER * interval_s, JITTER_S)
    time_s = (terminal.phase + due) * interval_s + rng.uniform(-shift, shift, due.size)
    lost = np.concatenate((terminal.outages, _dark(roads, leg, begin_s)))
    time_s = np.round(time_s[(time_s >= begin_s) & (time_s <= last_s)], digits)
    time_s = time_s[~_within(time_s, lost)[0]]
    since = time_s - begin_s
    second = np.arange(leg.odometer_m.size)
    speed_kmh = np.interp(since, second, leg.speed_ms) * 3.6
    odometer_m = np.interp(since, second, leg.odometer_m)
    lon, lat, course = place(roads, leg.route, odometer_m)

    error = errors_m(time_s, speed_kmh < STANDING_KMH, lost, terminal.noise_m, rng)
    right_m = _aside(leg.stops, odometer_m) * (-1.0 if roads.left_driving else 1.0)
    lat_m = (error[1] - right_m * np.sin(np.radians(course))) / METRES_PER_DEGREE
    lon_m = (error[0] + right_m * np.cos(np.radians(course))) / (METRES_PER_DEGREE * np.cos(np.radians(lat)))
    heading = course + rng.standard_normal(time_s.size) * HEADING_NOISE_DEG * np.clip(
        30 / np.maximum(speed_kmh, 1), 1, 15
    )
    shown = np.where(
        speed_kmh > 0.3,
        np.abs(speed_kmh + rng.normal(0, SPEED_NOISE_KMH, time_s.size)),
        np.where(rng.random(time_s.size) < CREEP_SHARE, np.abs(rng.normal(0, CREEP_KMH, time_s.size)), 0.0),
    )

    delay = DELAY_S * np.exp(0.7 * rng.standard_normal(time_s.size))
    held, until = _within(time_s, terminal.late)
    received = np.where(held, until + BLOCK_S + BLOCK_STEP_S * np.arange(time_s.size), time_s + delay)
    heading = stale(heading % 360, speed_kmh, STALE_KMH)
    return Fixes(time_s, received, (lon + lon_m + 540) % 360 - 180, lat + lat_m, shown, heading)


def _dark(roads: Roads, leg: Leg, begin_s: float) -> NDArray[np.float64]:
    """Return when a leg is without satellites: in tunnels, and where its manoeuvre says so."""
    inside = np.concatenate([[False], roads.tunnel[leg.route.stretch], [False]])
    enter_m = np.append(leg.route.enter_m, leg.route.end_m)
    tunnels = np.column_stack((enter_m[np.flatnonzero(np.diff(inside.astype(np.int8)) == 1)],
                               enter_m[np.flatnonzero(np.diff(inside.astype(np.int8)) == -1)]))  # fmt: skip
    tunnels = tunnels[tunnels[:, 1] - tunnels[:, 0] >= LEAST_TUNNEL_M]
    metres = np.concatenate((tunnels, np.array(leg.outages, np.float64).reshape(-1, 2)))
    metres = metres[metres[:, 0] < leg.route.end_m]
    return begin_s + reached_s(leg, metres.ravel()).reshape(-1, 2)


def _aside(stops: list[Stop], odometer_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far beside its road a vehicle is, m: it pulls out before a stop and in again behind it."""
    aside = np.zeros(odometer_m.size)
    for at_m, _, aside_m in stops:
        share = np.interp(odometer_m - at_m, (-PULL_M, -PULL_M / 4, PULL_M / 4, PULL_M), (0.0, 1.0, 1.0, 0.0))
        aside = np.maximum(aside, aside_m * share)
    return aside


def _within(time_s: NDArray[np.float64], spans: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Tell which times lie in one of the spans, and when the last such span ends."""
    until = np.full(time_s.size, -np.inf)
    for begin, end in spans:
        inside = (time_s >= begin) & (time_s < end)
        until[inside] = np.maximum(until[inside], end)
    return np.isfinite(until), until
