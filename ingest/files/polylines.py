"""Trips as polylines, a trip a line: a start time and ``[[lon,lat],...]`` at a fixed interval (the Porto taxi form).

The points carry no times of their own: point i is at the start plus i times ``ReadOptions.point_interval_s``. The
vehicle is the taxi where one is named, else the trip; ``vehicle=TRIP_ID`` in the mapping makes it the trip.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.errors import NothingUsable
from ingest.files.decode import RawTable
from ingest.files.delimited import fields_of, find_header, is_text, lacking
from ingest.files.options import ReadOptions
from ingest.files.source import Source
from ingest.positions import UNKNOWN_MS
from ingest.times import read_times


def sniff(source: Source) -> bool:
    """Tell whether the file is delimited text with a column of polylines."""
    return is_text(source) and "polyline" in find_header(source, ReadOptions()).layout.columns


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield the points of the trips, each with the line of its trip; raise NothingUsable without the columns for it."""
    header = find_header(source, options)
    missing = [f for f in ("time", "polyline") if f not in header.layout.columns]
    if missing:
        raise NothingUsable(lacking(source, header, missing))
    step_ms = round(options.point_interval_s * 1000.0)
    for table, line in fields_of(source, header):
        numbers = table["polyline"].fill_null("").str.replace_all(r"[\[\]\s]", "").str.strip_chars(",").str.split(",")
        length = numbers.list.len().to_numpy().astype(np.int64)
        empty = (numbers.list.first().fill_null("") == "").to_numpy()
        ms, _ = read_times(table["time"], options.tz, options.time_format)
        bad_time = ms == UNKNOWN_MS
        odd = (length % 2 == 1) & ~empty
        for i in np.flatnonzero(empty):
            source.reject("empty_polyline", int(line[i]), "the trip has no points")
        for i in np.flatnonzero(bad_time & ~empty):
            source.reject("bad_time", int(line[i]), f"time is {table['time'][int(i)]!r}; {length[i] // 2} points")
        for i in np.flatnonzero(odd & ~bad_time):
            source.reject("bad_polyline", int(line[i]), f"an odd number of coordinates: {length[i]}")
        good = np.flatnonzero(~(empty | bad_time | odd))
        if good.size == 0:
            continue
        points = length[good] // 2
        row = np.repeat(good, points)
        nth = np.arange(row.size) - np.repeat(np.cumsum(points) - points, points)
        flat = numbers.gather(good).explode()
        columns = {
            "lon": flat.gather_every(2),
            "lat": flat.gather_every(2, 1),
            "time": pl.Series(ms[row] + nth * step_ms).cast(pl.Datetime("ms", "UTC")),
        }
        columns |= {f: table[f].gather(row) for f in ("vehicle", "driver") if f in table.columns}
        yield RawTable(pl.DataFrame(columns), line[row], {}, header.layout.absent)
