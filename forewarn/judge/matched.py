"""A table of matched edges: which stretches of which ways each drive went over, in driving order.

One row an edge: ``trip_id``; ``piece`` (a new one where the match jumps); ``seq``; ``way_id``; ``entered_at_s`` (UTC
epoch seconds, empty where no fix tells); ``lon_begin``, ``lat_begin``, ``lon_end``, ``lat_end`` (WGS-84, as driven);
``length_m``. With ``simulated`` the rows are a simulator's own: a new piece is then a new drive, and nothing jumped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forewarn.judge.errors import BadTruth

NUMBERS: Final = ("piece", "seq", "way_id", "lon_begin", "lat_begin", "lon_end", "lat_end", "length_m")
"""Columns that every usable row fills with a number."""
WHOLE: Final = ("piece", "seq", "way_id")
"""Those that are whole numbers."""
LONGEST_JUMP_M: Final = 100.0
"""Where the next row begins farther from the end of the last, the match jumped although the piece goes on."""


@dataclass(frozen=True, slots=True)
class MatchedEdges:
    """Columns of edges, drive by drive, each in driving order."""

    trips: tuple[str, ...]
    """Names that ``trip`` points into."""
    trip: NDArray[np.int64]
    piece: NDArray[np.int64]
    """Pieces, numbered through all drives; a bad row in between begins a new one."""
    way_id: NDArray[np.int64]
    entered_s: NDArray[np.float64]
    """UTC epoch seconds; NaN where no fix tells."""
    lon_begin: NDArray[np.float64]
    lat_begin: NDArray[np.float64]
    lon_end: NDArray[np.float64]
    lat_end: NDArray[np.float64]
    length_m: NDArray[np.float64]
    simulated: bool
    """The rows are a simulator's own truth."""
    rejected: Counter[str]
    """Rows left out, by reason: ``no_trip``, ``bad_number``, ``bad_position``, ``time_runs_back``, ``given_twice``."""


def read_matched(path: Path) -> MatchedEdges:
    """Read a table (CSV, plain or gzip; Parquet by its name). Raises BadTruth."""
    try:
        table = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadTruth(path, f"not a readable table: {str(error).splitlines()[0]}") from error
    missing = [name for name in ("trip_id", "entered_at_s", *NUMBERS) if name not in table.columns]
    if missing:
        raise BadTruth(path, f"is no table of matched edges: the columns {', '.join(missing)} are missing")
    edges = matched_edges(table)
    if not edges.trip.size:
        told = ", ".join(f"{n} {reason}" for reason, n in sorted(edges.rejected.items()))
        raise BadTruth(path, f"holds no usable row ({told or 'it is empty'})")
    return edges


def matched_edges(table: pl.DataFrame) -> MatchedEdges:
    """Return the columns of a table that has all of them, as text or as numbers."""
    rejected: Counter[str] = Counter()
    simulated = "simulated" in table.columns and bool(
        (table["simulated"].cast(pl.String).fill_null("0").is_in(["1", "true"])).any()
    )
    trip = table["trip_id"].cast(pl.String).fill_null("").str.strip_chars()
    number = {name: table[name].cast(pl.Float64, strict=False).to_numpy() for name in NUMBERS if name not in WHOLE}
    whole = {name: table[name].cast(pl.Int64, strict=False) for name in WHOLE}
    told = table["entered_at_s"]
    entered = told.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
    blank = (told.cast(pl.String).fill_null("").str.strip_chars() == "").to_numpy()
    bad_number = np.any([~np.isfinite(one) for one in number.values()], axis=0) | (~blank & ~np.isfinite(entered))
    bad_number |= np.any([one.is_null().to_numpy() for one in whole.values()], axis=0) | (number["length_m"] < 0)
    bad_place = (np.abs(number["lon_begin"]) > 180) | (np.abs(number["lon_end"]) > 180)
    bad_place |= (np.abs(number["lat_begin"]) > 90) | (np.abs(number["lat_end"]) > 90)
    good = np.ones(len(table), np.bool_)
    for reason, bad in (
        ("no_trip", (trip == "").to_numpy()),
        ("bad_number", bad_number),
        ("bad_position", bad_place),
    ):
        rejected[reason] += int((bad & good).sum())
        good &= ~bad
    names = sorted(set(trip.filter(pl.Series(good))))
    code = trip.replace_strict(
        {name: at for at, name in enumerate(names)}, default=-1, return_dtype=pl.Int64
    ).to_numpy()
    piece, seq = (whole[name].fill_null(-1).to_numpy() for name in ("piece", "seq"))
    order = np.lexsort((seq, piece, code))
    order = order[code[order] >= 0]
    twice = np.zeros(order.size, np.bool_)
    same = (code[order][1:] == code[order][:-1]) & (piece[order][1:] == piece[order][:-1])
    twice[1:] = same & (seq[order][1:] == seq[order][:-1])
    twice &= good[order]
    rejected["given_twice"] += int(twice.sum())
    good[order[twice]] = False
    back = _runs_back(entered[order], code[order], piece[order], good[order])
    rejected["time_runs_back"] += int(back.sum())
    good[order[back]] = False
    # a bad row in the middle leaves a hole: what follows is a piece of its own
    holes = np.cumsum(~good[order] & ~twice)
    used = good[order]
    kept = order[used]
    fresh = np.ones(kept.size, np.bool_)
    if kept.size:
        key = np.column_stack([code[kept], piece[kept], holes[used]])
        fresh[1:] = np.any(key[1:] != key[:-1], axis=1)
        fresh[1:] |= _jumps(number, kept)
    columns = {name: np.ascontiguousarray(number[name][kept]) for name in number}
    return MatchedEdges(
        trips=tuple(names),
        trip=code[kept].astype(np.int64),
        piece=np.cumsum(fresh) - 1,
        way_id=whole["way_id"].fill_null(0).to_numpy()[kept],
        entered_s=entered[kept],
        simulated=simulated,
        rejected=+rejected,
        **columns,
    )


def _runs_back(
    entered: NDArray[np.float64], code: NDArray[np.int64], piece: NDArray[np.int64], good: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which rows carry a time before that of an earlier row of the same piece."""
    back = np.zeros(entered.size, np.bool_)
    rows = np.flatnonzero(np.isfinite(entered) & good)
    if rows.size:
        fresh = np.ones(rows.size, np.bool_)
        fresh[1:] = (code[rows[1:]] != code[rows[:-1]]) | (piece[rows[1:]] != piece[rows[:-1]])
        begins = np.flatnonzero(fresh)
        for low, high in zip(begins.tolist(), [*begins[1:].tolist(), rows.size], strict=True):
            part = entered[rows[low:high]]
            back[rows[low:high]] = part < np.maximum.accumulate(part)
    return back


def _jumps(number: dict[str, NDArray[np.float64]], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell where a row begins too far from the end of the one before it."""
    one, two = rows[:-1], rows[1:]
    lat = number["lat_begin"][two]
    east = (number["lon_begin"][two] - number["lon_end"][one] + 540.0) % 360.0 - 180.0
    return np.hypot(east * np.cos(np.radians(lat)), lat - number["lat_end"][one]) * 111_195.0 > LONGEST_JUMP_M
