"""NMEA 0183 as receivers log it: RMC for place, time, speed and course, GGA for the quality of the fix, VTG for speed.

A sentence is ``$ttSSS,field,...*hh``, tt the talker (GP, GN, GL, BD, ...), hh the exclusive or of all bytes between
``$`` and ``*``. Positions are ``ddmm.mmmm`` and a hemisphere, speeds knots. Only RMC tells the date, so a log
without it cannot be placed in time. The file's name is the vehicle.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import xor
from typing import Final

import numpy as np
import polars as pl

from ingest.errors import NothingUsable
from ingest.files.decode import RawTable
from ingest.files.options import ReadOptions
from ingest.files.source import Source

SENTENCES: Final = ("RMC", "GGA", "VTG")
"""What is read; everything else in a log is passed over."""
_FIELDS: Final = ("time", "lon", "lat", "speed", "heading", "valid")
_SNIFFED_LINES: Final = 20


def sniff(source: Source) -> bool:
    """Tell whether lines near the top look like NMEA sentences."""
    lines = source.head.splitlines()[:_SNIFFED_LINES]
    return any(_sentence(line)[:2] not in ("", "PM") and line.count(",") > 3 for line in lines if "$" in line[:40])


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield a row for each RMC sentence; sentences with a false checksum or too few fields are rejected."""
    del options  # nothing in the format is open
    epoch = _Epoch()
    dated = False
    for block, first, _ in source.line_blocks():
        for number, text in enumerate(block.decode().split("\n"), first):
            fields = _checked(source, text, number)
            if fields is not None:
                epoch.take(source, fields, number)
        dated |= bool(epoch.rows)
        if epoch.rows:
            yield epoch.taken()
    epoch.close()
    if epoch.rows:
        yield epoch.taken()
    elif not dated:
        raise NothingUsable(f"{source.name}: holds no RMC sentence, which alone tells the date of a fix")


class _Epoch:
    """The sentences of one moment, and the rows that are ready."""

    def __init__(self) -> None:
        self.rows: list[tuple[str | None, ...]] = []
        self._lines: list[int] = []
        self._clock = ""
        self._rmc: dict[str, str] = {}
        self._line = 0
        self._quality = ""
        self._vtg: list[str] = []

    def take(self, source: Source, fields: list[str], number: int) -> None:
        """Take the fields of a sentence; a new time of day closes the moment before."""
        kind = fields[0][-3:]
        if len(fields) < {"RMC": 10, "GGA": 7, "VTG": 6}[kind]:
            source.reject(
                "wrong_field_count", number, f"{len(fields)} fields are too few for {kind}: {','.join(fields)}"
            )
            return
        if kind == "VTG":
            self._vtg = fields
            return
        if fields[1] != self._clock or (kind == "RMC" and self._rmc):
            self.close()
            self._clock = fields[1]
        if kind == "GGA":
            self._quality = fields[6]
            return
        self._line = number
        self._rmc = {
            "time": _time(fields[9], fields[1]),
            "lat": _degrees(fields[3], fields[4]),
            "lon": _degrees(fields[5], fields[6]),
            "speed": fields[7],
            "heading": fields[8],
            "valid": fields[2],
        }

    def close(self) -> None:
        """End the moment at hand: its RMC becomes a row, with what GGA and VTG add."""
        if self._rmc:
            row = self._rmc
            if self._quality == "0":
                row["valid"] = "V"
            if self._vtg:
                row["heading"] = row["heading"] or self._vtg[1]
                row["speed"] = row["speed"] or self._vtg[5]
            self.rows.append(tuple(row[f] or None for f in _FIELDS))
            self._lines.append(self._line)
        self._rmc, self._quality, self._vtg = {}, "", []

    def taken(self) -> RawTable:
        """Hand over the rows that are ready."""
        table = pl.DataFrame(self.rows, dict.fromkeys(_FIELDS, pl.String), orient="row")
        raw = RawTable(table, np.array(self._lines, np.int64), {"speed": "knots"})
        self.rows, self._lines = [], []
        return raw


def _sentence(text: str) -> str:
    """The sentence without its dollar sign; empty where there is none. Loggers put times of their own before it."""
    return text.partition("$")[2].strip()


def _checked(source: Source, text: str, number: int) -> list[str] | None:
    """The fields of a sentence of ``SENTENCES``; None for others, and for one that is rejected."""
    sentence = _sentence(text)
    if sentence[2:5] not in SENTENCES:
        return None
    body, star, given = sentence.partition("*")
    if star:
        found = reduce(xor, body.encode(), 0)
        if given[:2].upper() != f"{found:02X}":
            source.reject("bad_checksum", number, f"{found:02X} and not {given[:2]!r}: {text.strip()}")
            return None
    return body.split(",")


def _time(date: str, clock: str) -> str:
    """``ddmmyy`` and ``hhmmss.sss`` as ISO 8601; what is no date comes out as no time."""
    if len(date) != 6 or len(clock) < 6:
        return f"{date} {clock}".strip()
    return f"20{date[4:]}-{date[2:4]}-{date[:2]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}Z"


def _degrees(value: str, hemisphere: str) -> str:
    """``ddmm.mmmm`` as decimal degrees in text; what is no number is handed on as it is, to be rejected by name."""
    whole, _, _ = value.partition(".")
    try:
        degrees = int(whole[:-2] or "0") + float(value[len(whole) - 2 :]) / 60.0
    except ValueError:
        return value
    return f"{-degrees if hemisphere in ('S', 'W') else degrees:.9f}"
