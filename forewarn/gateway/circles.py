"""Segments as circles that a terminal watches by itself: 0x8600.

A circle lies around a segment's entry, as wide as the distance at which a warning must begin. Whoever drives into it is
warned; where the segment has a limit, being over it counts once the entry is reached at the usual speed.

A circle knows no roads and no directions: a terminal warns of a ramp also on the carriageway beside it and on the
bridge above, and of a crossing behind the vehicle. That is why circles are off unless they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from alerts.lead import lead_m
from alerts.profiles import Profile
from forewarn.gateway.places import Places
from forewarn.gateway.texts import sayable
from geofence.datum import FROM_WGS84
from ingest.jt808.codec import encode_body
from ingest.jt808.fields import gbk_within, ungbk
from ingest.jt808.frame import LONGEST_BODY

CIRCLES: Final = 0x8600
REPLACE, ADD = b"\x00", b"\x01"
"""Actions of a message of circles."""
HEAD_BYTES: Final = 2
"""Action and count of circles."""
LEAST_M: Final = 150.0
"""A smaller circle is driven through between two looks of a terminal that looks each few seconds."""
MOST_M: Final = 1_000.0
"""A warning so long before is forgotten when it counts."""
USUAL_KMH: Final = 80.0
"""Usual speed of a class for which its profile knows no highest one."""
SPEECH_S: Final = 5.0
"""The terminal's own words and the name: 15 characters at 0.3 s, and 0.5 s."""
NAME_BYTES: Final = 20
"""Of GBK, in 2019: ten characters, which a terminal reads aloud in 3 s."""
MOST_OVER_S: Final = 255


class Kind(NamedTuple):
    """What a vehicle's circles depend on."""

    profile: str
    vehicle_class: str


class _Terms(NamedTuple):
    """What they are made with."""

    usual_kmh: float
    night_share: float
    approach: Any


class Circles:
    """The circles of places, each written once for all terminals that take it in the same form."""

    def __init__(self, places: Places, profiles: Mapping[str, Profile]) -> None:
        """``profiles`` by name; one that is not there yet may come to it."""
        self._places, self._profiles = places, profiles
        self._terms: dict[Kind, _Terms] = {}
        self._written: dict[tuple[int, Kind, str, int], bytes] = {}

    def bodies(self, rows: Sequence[int], kind: Kind, datum: str, version: int) -> list[bytes]:
        """Return the messages after which a terminal has the circles of these places, and no others."""
        bodies: list[bytes] = []
        part: list[bytes] = []
        size = HEAD_BYTES
        for row in rows:
            circle = self._circle(row, kind, datum, version)
            if size + len(circle) > LONGEST_BODY:
                bodies.append(_body(bodies, part))
                part, size = [], HEAD_BYTES
            part.append(circle)
            size += len(circle)
        bodies.append(_body(bodies, part))
        return bodies

    def _circle(self, row: int, kind: Kind, datum: str, version: int) -> bytes:
        key = (row, kind, datum, version)
        if key not in self._written:
            areas = [self.area(row, kind, datum)]
            self._written[key] = encode_body(CIRCLES, {"action": "add", "areas": areas}, version)[HEAD_BYTES:]
        return self._written[key]

    def area(self, row: int, kind: Kind, datum: str) -> dict[str, Any]:
        """Return the circle of a place, as 0x8600 has it; its middle in the datum in which the terminal reports."""
        places, terms = self._places, self._terms_of(kind)
        lon, lat = (float(degrees) for degrees in FROM_WGS84[datum](places.lon[row], places.lat[row]))
        limit_kmh = float(places.limit_kmh[row])
        limited = not math.isnan(limit_kmh)
        radius = radius_m(terms.usual_kmh, limit_kmh, terms.approach)
        attributes = [*(["speed_limit"] if limited else []), "enter_warns_driver"]
        attributes += [*(["south"] if lat < 0 else []), *(["west"] if lon < 0 else [])]
        return {
            "id": int(places.number[row]),
            "attributes": attributes,
            "latitude_deg": abs(lat),
            "longitude_deg": abs(lon),
            "radius_m": round(radius + float(places.radius_m[row])),
            "from": None,
            "to": None,
            "limit_kmh": round(limit_kmh) if limited else None,
            "over_for_s": min(round(radius / terms.usual_kmh * 3.6), MOST_OVER_S) if limited else None,
            "night_limit_kmh": round(limit_kmh * terms.night_share) if limited else None,
            "name": ungbk(gbk_within(sayable(places.names[row]), NAME_BYTES)),
        }

    def _terms_of(self, kind: Kind) -> _Terms:
        if kind not in self._terms:
            profile = self._profiles[kind.profile]
            speeding = profile.settings("speeding", kind.vehicle_class)
            approach = profile.settings("approach", kind.vehicle_class)
            self._terms[kind] = _Terms(speeding.general_kmh or USUAL_KMH, speeding.night_share, approach)
        return self._terms[kind]


def radius_m(usual_kmh: float, limit_kmh: float, approach: Any) -> float:
    """Return how far before an entry a warning on board must begin at a speed, within ``LEAST_M`` and ``MOST_M``.

    A limit of NaN asks for no braking; ``approach`` are the rule's settings. At 80 km/h into 40 km/h it is 444 m, the
    20 s of its ``least_lead_s``.
    """
    of = getattr(lead_m, "py_func", lead_m)  # a few calls are not worth the compiler
    lead = of(usual_kmh / 3.6, limit_kmh / 3.6, approach.latency_board_s, SPEECH_S, approach)
    return float(min(max(lead, LEAST_M), MOST_M))


def _body(before: Sequence[bytes], circles: Sequence[bytes]) -> bytes:
    return b"".join((ADD if before else REPLACE, bytes((len(circles),)), *circles))
