"""NMEA 0183 as receivers log it: a row for each RMC, with what GGA, GST and VTG of the same moment add.

What sentences say is ``ingest.gnss.sentences``'. A log without RMC cannot be placed in time. The file's name is the
vehicle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from ingest.errors import NothingUsable
from ingest.files.decode import RawTable
from ingest.files.options import ReadOptions
from ingest.files.source import Source
from ingest.gnss.fix import Fix
from ingest.gnss.sentences import Moments, sentence_in
from ingest.positions import UNKNOWN_MS

_FIELDS: Final[dict[str, Any]] = {
    "time": pl.Int64,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "speed": pl.Float64,
    "heading": pl.Float64,
    "accuracy": pl.Float64,
    "valid": pl.Boolean,
}
"""Fields in the order of ``Fix``."""
_SNIFFED_LINES: Final = 20


def sniff(source: Source) -> bool:
    """Tell whether lines near the top look like NMEA sentences."""
    lines = source.head.splitlines()[:_SNIFFED_LINES]
    return any(sentence_in(line)[:2] not in ("", "PM") and line.count(",") > 3 for line in lines if "$" in line[:40])


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield a row for each RMC sentence; sentences with a false checksum or too few fields are rejected."""
    del options  # nothing in the format is open
    moments = Moments(source.reject)
    dated = False
    for block, first, _ in source.line_blocks():
        fixes: list[Fix] = []
        for number, text in enumerate(block.decode().split("\n"), first):
            fixes += moments.take(text, number)
        dated |= bool(fixes)
        if fixes:
            yield _table(fixes)
    if last := moments.close():
        yield _table(last)
    elif not dated:
        raise NothingUsable(f"{source.name}: holds no RMC sentence, which alone tells the date of a fix")


def _table(fixes: list[Fix]) -> RawTable:
    rows = [(None if fix.time_ms == UNKNOWN_MS else fix.time_ms, *fix[1:-1]) for fix in fixes]
    lines = np.array([fix.line for fix in fixes], np.int64)
    return RawTable(pl.DataFrame(rows, _FIELDS, orient="row"), lines, {"speed": "km/h"})
