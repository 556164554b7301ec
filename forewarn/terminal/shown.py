"""What the panel shows, as plain facts: the page has no judgement of its own."""

from __future__ import annotations

import math
from typing import Any, Final

from alerts.cab import View
from alerts.prompts import LANGUAGES
from alerts.prompts.rounding import KM_PER_MILE
from geofence.segments import Segment
from ingest.positions import PositionBatch

DUSK_DEG: Final = -3.0
"""The sun this far below the horizon or lower, it is night for a screen: half of civil twilight."""
J2000_MS: Final = 946_728_000_000
"""2000-01-01 12:00 UTC, from which almanacs count days."""


def driven(view: View, batch: PositionBatch, language: str, *, miles: bool) -> dict[str, Any]:
    """Return what is shown of a fix: speed, the place ahead or the one it is in, driving time."""
    speed_kmh = float(batch.speed_kmh[-1])
    here, ahead = view.here, view.ahead
    return {
        "speed": None if math.isnan(speed_kmh) else round(_in_units(speed_kmh, miles)),
        "unit": "mph" if miles else "km/h",
        "here": None if here is None else _place(here, language, miles),
        "ahead": None
        if ahead is None
        else {**_place(ahead.segment, language, miles), "distance": _distance(ahead.ahead_m, miles)},
        "left_min": None if math.isinf(view.left_s) else math.floor(view.left_s / 60.0),
        "driven_min": round(view.driven_s / 60.0),
        "driving": view.driving,
    }


def _place(segment: Segment, language: str, miles: bool) -> dict[str, Any]:
    tongue = LANGUAGES[language]
    places = tongue.PLACES
    words = places.get((segment.kind, segment.subtype)) or places.get((segment.kind, None)) or tongue.UNSEEN
    limit = None if segment.limit_kmh is None else round(_in_units(segment.limit_kmh, miles))
    return {"what": words[0], "name": segment.name, "kind": segment.kind, "limit": limit}


def _in_units(kmh: float, miles: bool) -> float:
    return kmh / KM_PER_MILE if miles else kmh


def _distance(metres: float, miles: bool) -> dict[str, Any]:
    """Return a distance as it is read at a glance: tens of metres, tenths of a kilometre or mile."""
    if miles:
        far = metres / 1000.0 / KM_PER_MILE
        return {"value": f"{far:.1f}", "unit": "mi"}
    if metres < 950.0:
        return {"value": str(max(0, round(metres / 10.0) * 10)), "unit": "m"}
    return {"value": f"{metres / 1000.0:.1f}", "unit": "km"}


def sun_deg(lon: float, lat: float, time_ms: int) -> float:
    """Return how high the sun stands, degrees; within a tenth (Astronomical Almanac, low-precision formulas)."""
    days = (time_ms - J2000_MS) / 86_400_000.0
    mean = math.radians((280.460 + 0.9856474 * days) % 360.0)
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360.0)
    ecliptic = mean + math.radians(1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly))
    tilt = math.radians(23.439 - 0.0000004 * days)
    right = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    height = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal = math.radians((280.46062 + 360.98564737 * days + lon) % 360.0)
    at = math.radians(lat)
    sine = math.sin(at) * math.sin(height) + math.cos(at) * math.cos(height) * math.cos(sidereal - right)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def is_night(lon: float, lat: float, time_ms: int) -> bool:
    """Tell whether it is dark there."""
    return sun_deg(lon, lat, time_ms) < DUSK_DEG
