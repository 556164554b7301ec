"""gpsd's JSON protocol (gpsd_json(5), major version 3): bytes in, fixes out, without I/O.

gpsd says ``VERSION`` when a client connects, and after ``?WATCH={"enable":true,"json":true}`` a ``TPV`` (time,
position, velocity; ``mode`` 2 or 3 with a fix) for each fix and a ``SKY`` (satellites) now and then, one object a line.
Speeds are m/s. ``eph`` is said to hold for 95 % (``H_UERE_NO_DGPS`` in gpsd.h): a standard deviation is a 2.45th of it.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import Struct

from ingest.gnss.fix import KMH_PER_MPS, Fix
from ingest.gnss.lines import Lines

MAJOR: Final = 3
"""The version of the protocol that is read."""
LEAST_MODE: Final = 2
"""``mode`` of a TPV from which on it has a position."""
EPH_DEVIATIONS: Final = 2.45
"""Radius that holds 95 % of a two-dimensional normal distribution, in standard deviations."""


class _Message(Struct, rename={"kind": "class"}):
    kind: str
    mode: int = 0
    time: str | None = None
    lon: float = math.nan
    lat: float = math.nan
    speed: float = math.nan
    track: float = math.nan
    eph: float = math.nan
    uSat: int | None = None  # noqa: N815  # the protocol's name
    proto_major: int = MAJOR
    message: str = ""


class Decoder:
    """One connection, from its beginning."""

    greeting: Final = b'?WATCH={"enable":true,"json":true};\n'
    """What gpsd is to be sent at first."""
    pending: Final = False
    """Each message is whole: no fix waits for further ones."""

    def __init__(self, counts: Counter[str]) -> None:
        """Count what is not used, by reason, in ``counts``."""
        self.satellites: int | None = None
        """How many satellites are used; None where that is not known."""
        self._counts = counts
        self._lines = Lines()
        self._decoder = msgspec.json.Decoder(_Message)

    def feed(self, data: bytes) -> list[Fix]:
        """Return the fixes that are whole by now."""
        fixes: list[Fix] = []
        too_long = self._lines.too_long
        for number, line in self._lines.feed(data):
            if line:
                fixes += self._heard(line, number)
        self._counts["too_long"] += self._lines.too_long - too_long
        return fixes

    def idle(self) -> list[Fix]:
        """Return nothing: no fix waits."""
        return []

    def _heard(self, line: str, number: int) -> list[Fix]:
        try:
            told = self._decoder.decode(line)
        except msgspec.DecodeError:
            self._counts["bad_message"] += 1
            return []
        if told.kind == "SKY":
            self.satellites = told.uSat if told.uSat is not None else self.satellites
        elif told.kind == "VERSION" and told.proto_major != MAJOR:
            self._counts["other_protocol"] += 1
        elif told.kind == "ERROR":
            self._counts["refused_by_gpsd"] += 1
        return self._fix(told, number) if told.kind == "TPV" else []

    def _fix(self, told: _Message, number: int) -> list[Fix]:
        if told.mode < LEAST_MODE or math.isnan(told.lon) or math.isnan(told.lat):
            self._counts["no_fix"] += 1
            return []
        if told.time is None:
            self._counts["no_date"] += 1
            return []
        try:
            moment = datetime.fromisoformat(told.time)
        except ValueError:
            self._counts["bad_time"] += 1
            return []
        at_s = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        return [
            Fix(
                time_ms=round(at_s * 1000.0),
                lon=told.lon,
                lat=told.lat,
                speed_kmh=told.speed * KMH_PER_MPS if told.speed >= 0.0 else math.nan,
                heading_deg=told.track if 0.0 <= told.track <= 360.0 else math.nan,
                accuracy_m=told.eph / EPH_DEVIATIONS if told.eph > 0.0 else math.nan,
                line=number,
            )
        ]
