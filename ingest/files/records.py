"""JSON: an object a line, or an array of objects, or an object that holds such an array.

Keys are recognised as headers are; objects within objects are opened up (``{"gps": {"lat": ...}}`` is ``gps_lat``). A
place may also be ``"POINT(lon lat)"`` or ``"coordinates": [lon, lat]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from ingest.errors import NothingUsable
from ingest.files.decode import RawTable
from ingest.files.elements import elements, flattened, layout_of, table_of
from ingest.files.headers import recognise
from ingest.files.options import ReadOptions
from ingest.files.source import Source

_ARRAY: Final = re.compile(r"\[\s*\{")


def sniff(source: Source) -> bool:
    """Tell whether the text begins with an object or an array of objects."""
    return source.head.lstrip("﻿ \t\r\n").startswith("{") or bool(_ARRAY.match(source.head.lstrip("﻿ \t\r\n")))


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield the records in blocks; raise NothingUsable where no key is recognised as longitude, latitude or time."""
    opening = _opening(source.head, options)
    if opening is None:
        for block, first, _ in source.line_blocks():
            lines = block.split(b"\n")
            numbers = [n for n, text in enumerate(lines, first) if text.strip()]
            raw = _block(source, [text for text in lines if text.strip()], numbers, options)
            if raw is not None:
                yield raw
        return
    for parts, first in elements(source, opening):
        whole = [part.replace(b"\n", b" ").replace(b"\r", b" ") for part in parts]
        raw = _block(source, whole, list(range(first, first + len(whole))), options)
        if raw is not None:
            yield raw


def _opening(head: str, options: ReadOptions) -> int | None:
    """Return the byte behind which objects stand side by side; None where each line is an object."""
    head = head.lstrip("﻿")
    array = _ARRAY.search(head)
    behind = len(head[: array.start() + 1].encode()) if array else 0
    if head.lstrip().startswith("["):
        return behind
    first = head.lstrip().split("\n", 1)[0]
    try:
        record = json.loads(first)
    except ValueError:
        return behind if not first.rstrip().endswith("}") or "\n" not in head else None
    if array and isinstance(record, dict) and not recognise(list(flattened(record)), options.mapping).complete:
        return behind
    return None


def _block(source: Source, lines: list[bytes], numbers: list[int], options: ReadOptions) -> RawTable | None:
    """Read a block as one; where that fails, record by record, to name those at fault."""
    if not lines:
        return None
    try:
        table = pl.read_ndjson(b"\n".join(lines), infer_schema_length=None)
    except pl.exceptions.PolarsError:
        return _singly(source, lines, numbers, options)
    table = _opened(table)
    if len(table) != len(lines) or any(dtype.is_nested() for dtype in table.dtypes):
        return _singly(source, lines, numbers, options)
    layout = layout_of(source, table.columns, options.mapping)
    columns = table.select(pl.col(c).alias(f) for f, c in layout.columns.items())
    return RawTable(columns, np.array(numbers, np.int64), layout.units, layout.absent)


def _opened(table: pl.DataFrame) -> pl.DataFrame:
    """Open up objects within objects into columns."""
    while nested := [name for name, dtype in table.schema.items() if isinstance(dtype, pl.Struct)]:
        for name in nested:
            inner = table[name].struct.unnest()
            inner = inner.rename({c: f"{name}_{c}" for c in inner.columns})
            table = table.drop(name).hstack([s for s in inner if s.name not in table.columns])
    return table


def _singly(source: Source, lines: list[bytes], numbers: list[int], options: ReadOptions) -> RawTable | None:
    records: list[dict[str, Any]] = []
    kept: list[int] = []
    for text, number in zip(lines, numbers, strict=True):
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            source.reject("bad_json", number, f"{error}: {text[:80]!r}")
            continue
        if not isinstance(record, dict):
            source.reject("bad_json", number, f"is no object: {text[:80]!r}")
            continue
        records.append(flattened(record))
        kept.append(number)
    try:
        return table_of(source, records, kept, options.mapping)
    except NothingUsable:
        if len(records) == len(lines):
            raise
        for number in kept:
            source.reject("missing_column", number, "has no longitude, latitude or time")
        return None
