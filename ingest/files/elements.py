"""Cut a JSON text into its elements while it streams by, so that an array of any length need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from ingest.errors import NothingUsable, UnreadableFile
from ingest.files.decode import RawTable
from ingest.files.headers import Layout, complaint, recognise
from ingest.files.source import LONGEST_LINE, Source

_QUOTE, _ESCAPE, _OPEN, _CLOSE, _LIST_END = 34, 92, 123, 125, 93


def elements(source: Source, opening: int) -> Iterator[tuple[list[bytes], int]]:
    """Yield the objects that follow byte ``opening`` of the text, and the number of the first of them from 1.

    Objects stand side by side, with commas, line breaks or nothing between; the bracket that closes the array they
    stand in ends them. An object that the file breaks off in is rejected as ``bad_json``.
    """
    rest, number = b"", 1
    skip = opening
    for text in source.text():
        block = rest + text[skip:]
        skip = max(0, skip - len(text))
        if not block:
            continue
        bounds, used, ended = _cut(np.frombuffer(block, np.uint8))
        if len(bounds):
            yield [block[a:b] for a, b in bounds], number
            number += len(bounds)
        if ended:
            return
        rest = block[used:]
        if len(rest) > LONGEST_LINE:
            raise UnreadableFile(f"{source.name}: element {number} is over {LONGEST_LINE >> 20} MB long")
    if rest.strip(b" \t\r\n,]}"):
        source.reject("bad_json", number, f"the file breaks off within element {number}")


@njit(cache=True, nogil=True)
def _cut(text: NDArray[np.uint8]) -> tuple[NDArray[np.int64], int, bool]:
    """Return start and end of each whole object, where the unfinished rest starts, and whether the array closed."""
    bounds = np.zeros((text.size // 2 + 1, 2), np.int64)
    n = 0
    depth = 0
    start = 0
    used = 0
    in_string = False
    escaped = False
    for i in range(text.size):
        byte = text[i]
        if in_string:
            if escaped:
                escaped = False
            elif byte == _ESCAPE:
                escaped = True
            elif byte == _QUOTE:
                in_string = False
        elif byte == _QUOTE:
            in_string = depth > 0
        elif byte == _OPEN:
            if depth == 0:
                start = i
            depth += 1
        elif byte == _CLOSE and depth > 0:
            depth -= 1
            if depth == 0:
                bounds[n, 0] = start
                bounds[n, 1] = i + 1
                n += 1
                used = i + 1
        elif byte == _LIST_END and depth == 0:
            return bounds[:n].copy(), i + 1, True
    return bounds[:n].copy(), (start if depth > 0 else max(used, text.size)), False


def flattened(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the record with objects within it opened up, their keys joined by underscores."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat |= flattened(value, f"{prefix}{key}_")
        elif key == "coordinates" and isinstance(value, list) and len(value) >= 2:
            flat |= {"coordinates_lon": value[0], "coordinates_lat": value[1]}
        else:
            flat[prefix + key] = value
    return flat


def table_of(
    source: Source, records: Sequence[Mapping[str, Any]], line: Sequence[int], mapping: Mapping[str, str]
) -> RawTable | None:
    """Return flat records as a table of text; None where there are none. Raises NothingUsable as ``layout_of``."""
    if not records:
        return None
    layout = layout_of(source, list(dict.fromkeys(key for r in records for key in r)), mapping)
    columns = {
        f: pl.Series([None if (v := r.get(c)) is None else str(v) for r in records], dtype=pl.String)
        for f, c in layout.columns.items()
    }
    return RawTable(pl.DataFrame(columns), np.array(line, np.int64), layout.units, layout.absent)


def layout_of(source: Source, names: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """Return which name is which field; raise NothingUsable, with what was found, where a needed one is missing."""
    layout = recognise(names, mapping)
    if not layout.complete:
        raise NothingUsable(complaint(source.name, names, layout, "key", layout.missing))
    return layout
