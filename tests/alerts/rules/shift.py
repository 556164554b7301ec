"""Shifts for tests of the driving clock: parts of driving, standing and silence, and what fatigue makes of them."""

from __future__ import annotations

import numpy as np

from alerts.profiles import load_profile
from alerts.rules import fatigue
from tests.alerts.rules.rule_drive import Event, figures, fixes, run

MIN = 60.0
HOUR = 3600.0
GAP = float("nan")
CN = load_profile("cn-hazmat").settings("fatigue", "hazmat_truck")
EU = load_profile("eu-561").settings("fatigue", "truck")
US = load_profile("us-hos").settings("fatigue", "truck")


def legs(*parts: tuple[float, float], every_s: float = 30.0, start_s: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Times and speeds of a drive of (seconds, km/h) parts; a part of speed NaN is a gap without fixes."""
    times, speeds = [np.array([start_s])], [np.array([parts[0][1]])]
    at = start_s
    for seconds, kmh in parts:
        if not np.isnan(kmh):
            inside = np.arange(at + every_s, at + seconds + 0.5, every_s)
            times.append(inside)
            speeds.append(np.full(inside.size, kmh))
        at += seconds
    return np.concatenate(times), np.concatenate(speeds)


def moved(times: np.ndarray, speeds: np.ndarray) -> np.ndarray:
    """Metres along the road when each fix's speed was driven since the fix before it."""
    return np.concatenate([[0.0], np.cumsum(np.diff(times) * speeds[1:] / 3.6)])


def judge(*parts: tuple[float, float], settings: fatigue.Settings = CN, every_s: float = 30.0, **more) -> list[Event]:
    """Events of a drive of (seconds, km/h) parts."""
    times, speeds = legs(*parts, every_s=every_s)
    fix = fixes(times, speeds, north_m=moved(times, speeds), **more)
    return run(fatigue, fix, figures(tired=settings))


def subtypes(events: list[Event]) -> list[str]:
    """What was said, in order; the state where nothing was."""
    return [e.subtype or e.what for e in events]
