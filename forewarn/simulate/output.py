"""The files of a simulation: fixes and truths as CSV; every name in them begins with SIM, every row says simulated."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forewarn.simulate import driver_name, vehicle_name
from forewarn.simulate.fleet import Fleet
from forewarn.simulate.roads import Roads


def fixes_table(fleet: Fleet, start_ms: int, *, speed: bool, heading: bool) -> pl.DataFrame:
    """Return the fixes in order of arrival.

    ``start_ms`` is the start of the fleet, UTC epoch milliseconds; ``speed`` and ``heading`` tell whether GNSS speed
    and course are among the columns.
    """
    fixes = fleet.fixes
    vehicles, drivers = _names(fleet)
    columns = [
        pl.Series("vehicle", vehicles).gather(fleet.vehicle),
        pl.Series("driver", drivers).gather(fleet.vehicle),
        _time("time", fixes.time_s, start_ms),
        _time("received_at", fixes.received_s, start_ms),
        pl.Series("lon", np.round(fixes.lon, 6)),
        pl.Series("lat", np.round(fixes.lat, 6)),
    ]
    if speed:
        columns.append(pl.Series("speed_kmh", np.round(fixes.speed_kmh, 1)))
    if heading:
        columns.append(pl.Series("heading_deg", np.round(fixes.heading_deg, 1) % 360))
    return _marked(pl.DataFrame(columns))


def passages_table(fleet: Fleet, start_ms: int, segments: Sequence[str], kinds: Sequence[str]) -> pl.DataFrame:
    """Return the true passages, vehicle by vehicle; ``segments`` and ``kinds`` are by segment row."""
    vehicles, drivers = _names(fleet)
    code = np.array([vehicle for vehicle, _ in fleet.passages], np.int64)
    rows = [one for _, one in fleet.passages]
    row = np.array([one.segment for one in rows], np.int64)
    columns = [
        pl.Series("vehicle", vehicles).gather(code),
        pl.Series("driver", drivers).gather(code),
        pl.Series("manner", [one.manner for one in fleet.drivers], pl.String).gather(code),
        pl.Series("manoeuvre", fleet.manoeuvres, pl.String).gather(code),
        pl.Series("segment", segments, pl.String).gather(row),
        pl.Series("kind", kinds, pl.String).gather(row),
        _time("entered_at", np.array([one.entered_s for one in rows]), start_ms),
        _time("left_at", np.array([one.left_s for one in rows]), start_ms),
        _rounded("from_m", [one.from_m for one in rows]),
        _rounded("speed_at_entry_kmh", [one.entry_kmh for one in rows]),
        _rounded("highest_kmh", [one.highest_kmh for one in rows]),
    ]
    return _marked(pl.DataFrame(columns))


def ways_table(fleet: Fleet, roads: Roads, start_ms: int) -> pl.DataFrame:
    """Return the ways driven, a straight step a row; a piece is a drive without a break in the road.

    The first eleven columns are those of a table of matched edges: ``trip_id, piece, seq, way_id, highway,
    entered_at_s`` (UTC epoch), begin and end of the step as driven, ``length_m``. Behind them the vehicle's manoeuvre.
    """
    vehicles, _ = _names(fleet)
    sizes = [one.stretch.size for _, _, one in fleet.steps]
    stretch = _joined([one.stretch.astype(np.int64) for _, _, one in fleet.steps])
    code = np.repeat(np.array([vehicle for vehicle, _, _ in fleet.steps], np.int64), sizes)
    entered_s = start_ms / 1000 + _joined([one.entered_s for _, _, one in fleet.steps])
    columns = [
        pl.Series("trip_id", vehicles).gather(code),
        pl.Series("piece", np.repeat(np.array([piece for _, piece, _ in fleet.steps], np.int64), sizes)),
        pl.Series("seq", _joined([np.arange(n) for n in sizes])),
        pl.Series("way_id", roads.way_id[stretch]),
        pl.Series("highway", roads.highway, pl.String).gather(stretch),
        pl.Series("entered_at_s", np.round(entered_s, 2)),
        pl.Series("lon_begin", np.round(_joined([one.lon[:-1] for _, _, one in fleet.steps]), 7)),
        pl.Series("lat_begin", np.round(_joined([one.lat[:-1] for _, _, one in fleet.steps]), 7)),
        pl.Series("lon_end", np.round(_joined([one.lon[1:] for _, _, one in fleet.steps]), 7)),
        pl.Series("lat_end", np.round(_joined([one.lat[1:] for _, _, one in fleet.steps]), 7)),
        pl.Series("length_m", np.round(_joined([one.length_m for _, _, one in fleet.steps]), 2)),
        pl.Series("manoeuvre", fleet.manoeuvres, pl.String).gather(code),
    ]
    return _marked(pl.DataFrame(columns))


def _joined(columns: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(columns) if columns else np.empty(0, np.int64)


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table as CSV; compressed where the name ends with ``.gz``, without a date inside."""
    if path.suffix != ".gz":
        table.write_csv(path)
        return
    plain = io.BytesIO()
    table.write_csv(plain)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
        packed.write(plain.getbuffer())


def _names(fleet: Fleet) -> tuple[pl.Series, pl.Series]:
    numbers = range(len(fleet.drivers))
    return (
        pl.Series([vehicle_name(k) for k in numbers], dtype=pl.String),
        pl.Series([driver_name(k) for k in numbers], dtype=pl.String),
    )


def _time(name: str, seconds: NDArray[np.float64], start_ms: int) -> pl.Series:
    """Return times as ISO 8601 in UTC with milliseconds, null where NaN."""
    known = np.isfinite(seconds)
    stamp = np.where(known, np.round(np.where(known, seconds, 0) * 1000), 0).astype(np.int64) + start_ms
    text = pl.Series(name, stamp).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
    return text if known.all() else pl.select(pl.when(pl.Series(known)).then(text).alias(name)).to_series()


def _rounded(name: str, values: list[Any]) -> pl.Series:
    return pl.Series(name, np.round(np.array(values, np.float64), 1))


def _marked(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.lit(1).alias("simulated"))
