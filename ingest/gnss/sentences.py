"""NMEA 0183: RMC for place, time, speed and course, GGA for the quality, GST for the accuracy, VTG for the speed.

A sentence is ``$ttSSS,field,...*hh``, tt the talker (GP, GN, GL, BD, GB, ...), hh the exclusive or of all bytes between
``$`` and ``*``. Positions are ``ddmm.mmmm`` and a hemisphere, speeds knots. Only RMC tells the date. The sentences of
one time of day are one *moment*; its RMC becomes a fix, with what the others add. pynmea2 parses; what it makes of an
empty place (zero degrees) and of the navigational status of NMEA 4.1 (most receivers leave it at ``V``) is not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final

import pynmea2
from pynmea2.nmea_utils import dm_to_sd

from ingest.gnss.fix import KMH_PER_KNOT, Fix
from ingest.positions import UNKNOWN_MS

SENTENCES: Final = {"RMC": 9, "GGA": 6, "GST": 7, "VTG": 5}
"""What is read, and how many fields each has at least; everything else is passed over."""
REASONS: Final = ("bad_checksum", "no_checksum", "bad_sentence", "wrong_field_count", "bad_time", "bad_number")
"""Why a sentence is rejected."""

Reject = Callable[[str, int, str], None]
"""Told the reason, the line and a detail of each sentence that is rejected."""


class BadFieldError(ValueError):
    """A field that does not hold what it should; ``reason`` is the name of the reject."""

    def __init__(self, reason: str, detail: str) -> None:
        """Say what is wrong."""
        super().__init__(detail)
        self.reason = reason


class Moments:
    """Lines in, a fix for each moment out."""

    def __init__(self, reject: Reject, *, eager: bool = False, checksums: bool = False) -> None:
        """Hand out a moment when the next one begins; an ``eager`` one as soon as all is there that the last one had.

        With ``checksums`` a sentence without one is rejected, too.
        """
        self.satellites: int | None = None
        """How many the receiver uses, as GGA tells; None where it does not."""
        self._reject = reject
        self._eager = eager
        self._checksums = checksums
        self._clock = ""
        self._seen: set[str] = set()
        self._wanted: set[str] | None = None
        self._rmc: pynmea2.RMC | None = None
        self._talker = ""
        self._line = 0
        self._quality: int | None = None
        self._vtg: pynmea2.VTG | None = None
        self._accuracy_m = math.nan

    @property
    def pending(self) -> bool:
        """Whether a moment waits for further sentences."""
        return self._rmc is not None

    def take(self, text: str, line: int) -> list[Fix]:
        """Take a line, with or without its end; what a logger put before the dollar sign is passed over."""
        sentence = sentence_in(text)
        kind = sentence[2:5]
        if kind not in SENTENCES or sentence.startswith("P"):  # P begins a maker's own sentences
            return []
        try:
            told = _parsed(sentence, self._checksums)
            if len(told.data) < SENTENCES[kind]:
                raise BadFieldError("wrong_field_count", f"{len(told.data)} are too few for {kind}")
            return self._heard(kind, told, line)
        except BadFieldError as error:
            self._reject(error.reason, line, f"{error}: {sentence}")
            return []

    def _heard(self, kind: str, told: Any, line: int) -> list[Fix]:
        done: list[Fix] = []
        clock = _plain(told.data[0]) if kind != "VTG" else self._clock
        again = kind == "RMC" and clock == self._clock and self._talker != ""
        if again and told.talker != self._talker:
            return []  # some receivers tell the same once more for each system of satellites
        if clock != self._clock or again:
            done = self.close()
            self._wanted = self._seen if self._eager and self._clock else None
            self._clock, self._seen, self._talker = clock, set(), ""
        self._seen.add(kind)
        if kind == "RMC":
            self._rmc, self._line = told, line
            self._talker = told.talker if told.status == "A" else ""
        elif kind == "GGA":
            self._quality = told.gps_qual if isinstance(told.gps_qual, int) else None
            self.satellites = int(told.num_sats) if told.num_sats.isdecimal() else None
        elif kind == "VTG":
            self._vtg = told
        else:
            self._accuracy_m = math.hypot(_number(told, "std_dev_latitude"), _number(told, "std_dev_longitude")) / (
                math.sqrt(2.0)
            )
        if self._wanted is not None and self._rmc is not None and self._seen >= self._wanted:
            done += self.close()
        return done

    def close(self) -> list[Fix]:
        """End the moment at hand, as when the receiver has fallen silent: its RMC becomes a fix."""
        rmc, self._rmc = self._rmc, None
        quality, vtg, accuracy_m = self._quality, self._vtg, self._accuracy_m
        self._quality, self._vtg, self._accuracy_m = None, None, math.nan
        if rmc is None:
            return []
        try:
            knots, heading_deg = _number(rmc, "spd_over_grnd"), _number(rmc, "true_course")
            if vtg is not None:
                knots = _number(vtg, "spd_over_grnd_kts") if math.isnan(knots) else knots
                heading_deg = _number(vtg, "true_track") if math.isnan(heading_deg) else heading_deg
            fix = Fix(
                time_ms=_time_ms(rmc),
                lon=_degrees(rmc.lon, rmc.lon_dir, "EW"),
                lat=_degrees(rmc.lat, rmc.lat_dir, "NS"),
                speed_kmh=knots * KMH_PER_KNOT if knots >= 0.0 else math.nan,
                heading_deg=heading_deg if 0.0 <= heading_deg <= 360.0 else math.nan,
                accuracy_m=accuracy_m if accuracy_m > 0.0 else math.nan,
                valid=rmc.status == "A" and rmc.mode_indicator != "N" and quality != 0,
                line=self._line,
            )
        except BadFieldError as error:
            self._reject(error.reason, self._line, f"{error}: {rmc.render()}")
            return []
        return [fix]


def sentence_in(text: str) -> str:
    """Return the sentence of a line without its dollar sign; empty where there is none."""
    _, dollar, sentence = text.rpartition("$")
    return sentence.strip() if dollar else ""


def _parsed(sentence: str, checksums: bool) -> Any:
    try:
        return pynmea2.parse(sentence, check=checksums)
    except pynmea2.ChecksumError as error:
        reason = "bad_checksum" if "*" in sentence else "no_checksum"
        raise BadFieldError(reason, str(error.args[0][0])) from error
    except pynmea2.ParseError as error:
        # a checksum of other than two digits is no sentence to the library
        reason = "bad_checksum" if "*" in sentence else "bad_sentence"
        raise BadFieldError(reason, str(error.args[0][0])) from error


def _plain(clock: str) -> str:
    """Return a time of day as text without idle zeros, since not every sentence of a receiver has as many."""
    return clock.rstrip("0").rstrip(".") if "." in clock else clock


def _number(told: Any, name: str) -> float:
    """Return a number, NaN where there is none; pynmea2 returns as text what is no number."""
    value = getattr(told, name)
    if value is None:
        return math.nan
    if isinstance(value, str) or not math.isfinite(value):
        raise BadFieldError("bad_number", f"{name} is {str(value)!r}")
    return float(value)


def _degrees(value: str, hemisphere: str, both: str) -> float:
    """Return ``ddmm.mmmm`` as signed degrees, NaN where there is none."""
    if not value and not hemisphere:
        return math.nan
    try:
        degrees = float(dm_to_sd(value))
    except ValueError as error:
        raise BadFieldError("bad_number", str(error)) from error
    if not value or hemisphere not in both or not hemisphere:
        raise BadFieldError("bad_number", f"a place is '{value}' {hemisphere!r}")
    return -degrees if hemisphere == both[1] else degrees


def _time_ms(rmc: Any) -> int:
    """Return the time, ``UNKNOWN_MS`` where the receiver does not know it yet."""
    day, clock = rmc.datestamp, rmc.timestamp
    if day is None or clock is None:
        return int(UNKNOWN_MS)
    if not isinstance(day, date) or not isinstance(clock, time):
        raise BadFieldError("bad_time", f"{day} {clock} is no time")
    return round(datetime.combine(day, clock, UTC).timestamp() * 1000.0)
