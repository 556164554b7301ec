"""Columns as a file has them to positions: numbers, times, flags, names and units, bad rows out with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.files.headers import SPEED_UNITS
from ingest.files.notes import Notes
from ingest.files.options import ReadOptions
from ingest.names import Dictionaries
from ingest.positions import ALL_SIGNS, LINES, SIGNS, UNKNOWN_MS
from ingest.rows import Rows, blank_rows
from ingest.times import read_times

MISSING: Final = ("", "-", "--", "na", "n/a", "nan", "null", "none", "nil", "\\n", "无", "?")
"""Texts that mean that there is no value, in any case."""

_NOTHINGS: Final = frozenset(MISSING)
FEW: Final = 1_024
"""Rows up to which a column is looked at value by value rather than by a query."""
_NO: Final = ("0", "0.0", "f", "false", "n", "no", "v", "void", "invalid", "none", "nofix", "no fix", "no_fix", "否")
_NO_CHINESE: Final = ("无效", "未定位", "不定位", "无", "não", "nao", "falso")
_POINT: Final = r"(?i)point\s*z?\s*\(\s*(\S+)\s+([^\s)]+)"
_OPTIONAL: Final = ("speed", "recorder", "heading", "accuracy")
_SIGNS: Final = {
    "+".join(names): sum(SIGNS[name] for name in names)
    for count in range(1, len(SIGNS) + 1)
    for names in permutations(SIGNS, count)
}
"""Signs by their names, in any order."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A part of a file in the order of the file: what every format hands over."""

    table: pl.DataFrame
    """Columns named by field (see ``headers.FIELDS``), as text or already as numbers, times or flags.

    Besides them ``shifted``, where single positions say that they were shifted to GCJ-02.
    """
    line: NDArray[np.int64]
    """Line or row of each in the file, from 1."""
    units: dict[str, str]
    """Units that the file itself names (see ``headers.Layout``)."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Fields that are mapped to columns that are not there (see ``headers.Layout``)."""


class Place(Protocol):
    """What positions are read from: a file, or a partition of a topic."""

    @property
    def name(self) -> str:
        """What it is called in a message."""

    @property
    def stem(self) -> str:
        """The vehicle, where positions do not name one."""

    def reject(self, reason: str, line: int, detail: str) -> None:
        """Report a bad line."""


class Decoder:
    """Turns raw tables of one file into rows; names are shared by all files of a reading."""

    def __init__(self, source: Place, options: ReadOptions, names: Dictionaries, notes: Notes) -> None:
        """Decode tables of ``source``."""
        self.source = source
        self.options = options
        self.vehicles = names.vehicles
        self.drivers = names.drivers
        self.first_line = names.sources.one(source.name) * LINES
        self.notes = notes

    def rows(self, raw: RawTable) -> Rows:
        """Return the usable rows in the order of the file; each other one is rejected with its reason and line."""
        raw = _placed(raw)
        table = raw.table
        for f, column in raw.absent.items():
            text = f"{self.source.name}: there is no column '{column}', to which {f} is mapped"
            self.notes.count(text, len(table), f"line {raw.line[0]}" if len(table) else "")
        rows = blank_rows(len(table))
        rows["line"] = raw.line + self.first_line
        bad = np.zeros(len(table), np.bool_)
        for f in ("lon", "lat"):
            rows[f], unread = self._numbers(table[f])
            self._reject(raw, f, ~np.isfinite(rows[f]), bad, unread)
        far = (np.abs(rows["lon"]) > 180) | (np.abs(rows["lat"]) > 180)
        self._refuse(raw, far & ~bad, "out_of_range", ("lon", "lat"))
        bad |= far
        rows["time_ms"] = self._times(raw, "time")
        self._reject(raw, "time", rows["time_ms"] == UNKNOWN_MS, bad, np.ones(len(table), np.bool_))
        if "received" in table.columns:
            rows["received_ms"] = self._times(raw, "received")
        for f, name in zip(_OPTIONAL, ("speed_kmh", "recorder_kmh", "heading_deg", "accuracy_m"), strict=True):
            if f in table.columns:
                rows[name] = self._optional(raw, f)
        for f, absent in (("valid", True), ("history", False)):
            if f in table.columns:
                rows[f] = _flags(table[f], absent)
        if "signs" in table.columns:
            rows["signs"] = self._signs(raw)
        if "shifted" in table.columns:
            self._unshift(raw, rows, bad)
        self._name(table, rows)
        rows["key_ms"] = np.where(rows["received_ms"] == UNKNOWN_MS, rows["time_ms"], rows["received_ms"])
        rows = rows[~bad] if bad.any() else rows
        self._convert(rows)
        return rows

    def keys(self, raw: RawTable) -> NDArray[np.int64]:
        """Return only what ``rows`` would be ordered by, for a look at whether a file is in order."""
        key = self._times(raw, "time")
        if "received" in raw.table.columns:
            received = self._times(raw, "received")
            key = np.where(received == UNKNOWN_MS, key, received)
        return key[key != UNKNOWN_MS]

    def _times(self, raw: RawTable, f: str) -> NDArray[np.int64]:
        column = raw.table[f]
        if f == "time" and "date" in raw.table.columns:
            column = raw.table.select(
                pl.when(pl.col("time").cast(pl.String).str.contains(r"^\s*\d{1,2}\s*[:时時]"))
                .then(pl.col("date").cast(pl.String).str.strip_chars() + " " + pl.col("time").cast(pl.String))
                .otherwise(pl.col("time").cast(pl.String))
            ).to_series()
        tz = raw.units.get(f, self.options.tz)
        ms, naive = read_times(column, tz, self.options.time_format)
        if naive.any():
            self.notes.say(f"{self.source.name}: times in '{f}' carry no zone and are read as {tz}")
        unread = ms == UNKNOWN_MS
        if f == "received" and unread.any():
            unread &= ~missing(column)
            self.notes.count(f"{self.source.name}: '{f}' is no time and taken as unknown", *self._some(raw, f, unread))
        return ms

    def _numbers(self, column: pl.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the numbers, NaN where there is none, and which rows hold something that is not a number."""
        if column.dtype != pl.String:
            numbers = column.cast(pl.Float64, strict=False)
            if numbers.null_count():
                numbers = numbers.fill_null(np.nan)
            return numbers.to_numpy(), np.zeros(len(column), np.bool_)
        numbers = column.cast(pl.Float64, strict=False)
        if numbers.null_count():
            numbers = numbers.fill_null(_unusual(column)).fill_null(np.nan)
        values = numbers.to_numpy()
        unread = ~np.isfinite(values)
        if unread.any():
            unread &= ~missing(column)
        return values, unread

    def _optional(self, raw: RawTable, f: str) -> NDArray[np.float64]:
        values, unread = self._numbers(raw.table[f])
        if unread.any():
            where = self._some(raw, f, unread)
            self.notes.count(f"{self.source.name}: '{f}' is no number and taken as unknown", *where)
        if f in ("speed", "recorder"):
            unit = raw.units.get(f) or self.options.speed_unit
            if unit is None:
                unit = "km/h"
                self.notes.say(f"{self.source.name}: '{f}' names no unit and is read as km/h")
            values = values * SPEED_UNITS[unit] if unit != "km/h" else values
        if f == "heading":
            return np.where((values >= 0) & (values <= 360), values % 360.0, np.nan)
        return np.where((values > 0) if f == "accuracy" else (values >= 0), values, np.nan)

    def _signs(self, raw: RawTable) -> NDArray[np.uint8]:
        """Return the signs of each row: a whole number of bits, or names such as ``fatigue+phone`` in any case."""
        column = raw.table["signs"]
        column = column.cast(pl.String) if column.dtype == pl.Boolean else column  # a yes says not which
        numbers, unread = self._numbers(column)
        if unread.any():
            named = column.filter(pl.Series(unread)).str.strip_chars().str.to_lowercase()
            numbers = numbers.copy()
            numbers[unread] = named.replace_strict(_SIGNS, default=np.nan, return_dtype=pl.Float64).to_numpy()
        known = (numbers >= 0) & (numbers <= ALL_SIGNS) & (numbers == np.floor(numbers))
        strange = ~known & (unread | ~np.isnan(numbers))
        if strange.any():
            where = self._some(raw, "signs", strange)
            self.notes.count(f"{self.source.name}: 'signs' names no known sign and is taken as none", *where)
        return np.where(known, numbers, 0).astype(np.uint8)

    def _name(self, table: pl.DataFrame, rows: Rows) -> None:
        if "vehicle" in table.columns:
            rows["vehicle"] = self.vehicles.encode(table["vehicle"].cast(pl.String), MISSING)
            nameless = rows["vehicle"] < 0
            if nameless.any():
                rows["vehicle"][nameless] = self.vehicles.one(self.source.stem)
        else:
            rows["vehicle"] = self.vehicles.one(self.source.stem)
            self.notes.say(f"{self.source.name}: names no vehicle; the file's name '{self.source.stem}' stands for it")
        if "driver" in table.columns:
            rows["driver"] = self.drivers.encode(table["driver"].cast(pl.String), MISSING)

    def _unshift(self, raw: RawTable, rows: Rows, bad: NDArray[np.bool_]) -> None:
        """Undo the shift of positions that say that they have one, unless all of the source do; mark what cannot be."""
        shifted = _flags(raw.table["shifted"], False) & ~bad & (np.abs(rows["lat"]) <= 90)
        if self.options.datum != "wgs84" or not shifted.any():
            return
        if self.options.shifted_to_wgs84 is None:
            self._refuse(raw, shifted, "shifted", ("lon", "lat"))
            bad |= shifted
            return
        rows["lon"][shifted], rows["lat"][shifted] = self.options.shifted_to_wgs84(
            rows["lon"][shifted], rows["lat"][shifted]
        )

    def _convert(self, rows: Rows) -> None:
        if self.options.to_wgs84 is not None and self.options.datum != "wgs84" and rows.size:
            real = np.abs(rows["lat"]) <= 90
            rows["lon"][real], rows["lat"][real] = self.options.to_wgs84(rows["lon"][real], rows["lat"][real])

    def _reject(
        self, raw: RawTable, f: str, fault: NDArray[np.bool_], bad: NDArray[np.bool_], unread: NDArray[np.bool_]
    ) -> None:
        fault = fault & ~bad
        if fault.any():
            empty = fault & missing(raw.table[f])
            self._refuse(raw, fault & ~empty & unread, "bad_time" if f == "time" else "bad_number", (f,))
            empty |= fault & ~unread
            void = empty & ~_flags(raw.table["valid"], True) if "valid" in raw.table.columns else empty & False
            self._refuse(raw, void, "no_fix", (f, "valid"))
            self._refuse(raw, empty & ~void, "missing_value", (f,))
            bad |= fault

    def _refuse(self, raw: RawTable, fault: NDArray[np.bool_], reason: str, fields: tuple[str, ...]) -> None:
        for i in np.flatnonzero(fault):
            held = ", ".join(f"{f} is {raw.table[f][int(i)]!r}" for f in fields)
            self.source.reject(reason, int(raw.line[i]), held)

    def _some(self, raw: RawTable, f: str, fault: NDArray[np.bool_]) -> tuple[int, str]:
        n = int(np.count_nonzero(fault))
        if n == 0:
            return 0, ""
        i = int(np.argmax(fault))
        return n, f"line {raw.line[i]}, {raw.table[f][i]!r}"


def _placed(raw: RawTable) -> RawTable:
    """Take longitude and latitude out of ``POINT(lon lat)`` where they have no columns of their own."""
    if "point" not in raw.table.columns or {"lon", "lat"} <= set(raw.table.columns):
        return raw
    parts = raw.table["point"].cast(pl.String).str.extract_groups(_POINT).struct.unnest()
    return RawTable(raw.table.with_columns(lon=parts["1"], lat=parts["2"]), raw.line, raw.units, raw.absent)


_NOTHING: Final = (
    pl.col("text").is_null() | pl.col("text").str.strip_chars().str.to_lowercase().is_in(MISSING)
).fill_null(True)


def missing(column: pl.Series) -> NDArray[np.bool_]:
    """Tell the rows that hold nothing, or a text that stands for nothing."""
    if column.dtype != pl.String:
        return column.is_null().to_numpy()
    if len(column) <= FEW:  # a query costs more than to look at each
        return np.array([text is None or text.strip().lower() in _NOTHINGS for text in column.to_list()], np.bool_)
    return column.to_frame("text").select(_NOTHING).to_series().to_numpy()


def _unusual(column: pl.Series) -> pl.Series:
    """Read numbers with blanks around them, a decimal comma, a degree sign or a letter for the hemisphere."""
    text = column.str.strip_chars(" \t\r\"'°").str.replace(r"^(-?\d+),(\d+)$", "$1.$2").str.to_uppercase()
    signed = text.str.contains(r"^[SW]|[SW]$")
    bare = text.str.strip_chars("NSEW °")
    numbers = bare.cast(pl.Float64, strict=False)
    return pl.select(pl.when(signed).then(-numbers.abs()).otherwise(numbers)).to_series()


def _flags(column: pl.Series, absent: bool) -> NDArray[np.bool_]:
    if column.dtype == pl.Boolean:
        return column.fill_null(absent).to_numpy()
    text = column.cast(pl.String).str.strip_chars().str.to_lowercase()
    no = text.is_in(_NO + _NO_CHINESE)
    missing = text.is_null() | (text == "")
    return pl.select(pl.when(missing).then(pl.lit(absent)).otherwise(~no)).to_series().fill_null(absent).to_numpy()
