"""Delimited text (CSV and its kin): any separator, columns found by their names, a title above the header allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from csv import reader
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.errors import BadOption, NothingUsable
from ingest.files.decode import RawTable
from ingest.files.headers import Layout, complaint, recognise
from ingest.files.lines import BLANK, UNBALANCED, keep, survey
from ingest.files.options import ReadOptions
from ingest.files.source import Source

DELIMITERS: Final = ",;\t|"
"""Separators that are tried on the header, in this order."""
HEADER_WITHIN: Final = 20
"""The header is looked for in so many lines from the top: exports put titles and dates above it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a delimited file says."""

    line: int
    """Line of the header, from 1; 0 where there is none and columns are mapped by number."""
    delimiter: str
    names: list[str]
    layout: Layout


def sniff(source: Source) -> bool:
    """Tell whether the file is text that could be delimited: some line near the top has a separator in it."""
    return is_text(source) and any(d in line for line in source.head.splitlines()[:HEADER_WITHIN] for d in DELIMITERS)


def is_text(source: Source) -> bool:
    """Tell text from binary junk: no zero bytes, and hardly anything that is no character."""
    return "\0" not in source.head and source.head.count("\ufffd") <= len(source.head) // 100


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield the file in blocks; raise NothingUsable where no header names longitude, latitude and time."""
    header = find_header(source, options)
    if not header.layout.complete:
        raise NothingUsable(lacking(source, header, header.layout.missing))
    for table, number in fields_of(source, header):
        yield RawTable(table, number, header.layout.units, header.layout.absent)


def fields_of(source: Source, header: Header) -> Iterator[tuple[pl.DataFrame, NDArray[np.int64]]]:
    """Yield the recognised columns, named by field, as text, with the line of each row; bad lines are rejected."""
    wanted = {header.names.index(column): f for f, column in header.layout.columns.items()}
    schema = {str(i): pl.String for i in range(len(header.names))}
    for text, number in _good_lines(source, header):
        table = pl.read_csv(
            text,
            has_header=False,
            separator=header.delimiter,
            columns=sorted(wanted),
            schema=schema,
            truncate_ragged_lines=True,
        )
        yield table.rename({str(i): f for i, f in wanted.items()}), number


def find_header(source: Source, options: ReadOptions) -> Header:
    """Return the line of the head that names the most fields, by the separator that shows the most of them."""
    delimiters = options.delimiter or DELIMITERS
    lines = source.head.splitlines()[:HEADER_WITHIN]
    by_number = bool(options.mapping) and all(c.startswith("#") for c in options.mapping.values())
    refused: BadOption | None = None
    best = Header(0, delimiters[0], [], Layout({}, {}))
    for number, text in enumerate(lines, 1):
        for delimiter in delimiters:
            cells = [c.strip().lstrip("﻿") for c in next(reader([text], delimiter=delimiter), [])]
            if by_number:
                cells = [f"#{i + 1}" for i in range(len(cells))]
            names = _distinct(cells)
            try:
                layout = recognise(names, options.mapping)
            except BadOption as error:  # too few columns by this delimiter: perhaps by another there are enough
                refused = error
                continue
            if (layout.complete, len(layout.columns), len(names)) > (
                best.layout.complete,
                len(best.layout.columns),
                len(best.names),
            ):
                best = Header(0 if by_number else number, delimiter, names, layout)
        if best.layout.complete:
            return best
    if refused is not None:
        raise refused
    return best


def _good_lines(source: Source, header: Header) -> Iterator[tuple[bytes, NDArray[np.int64]]]:
    """Yield blocks of lines that hold as many fields as the header, and their numbers."""
    width = len(header.names)
    for block, first, count in source.line_blocks():
        text = np.frombuffer(block, np.uint8)
        starts, fields, spare = survey(text, ord(header.delimiter), count, width)
        number = np.arange(first, first + fields.size, dtype=np.int64)
        below = number > header.line
        good = (fields == width) & below
        for i in np.flatnonzero((fields != width) & (fields != BLANK) & below):
            shown = block[starts[i] : starts[i + 1]].decode().strip()
            if fields[i] == UNBALANCED:
                source.reject("unbalanced_quote", int(number[i]), f"a quotation mark without its pair: {shown}")
            else:
                source.reject("wrong_field_count", int(number[i]), f"{fields[i]} fields where {width} are due: {shown}")
        if good.any():
            yield keep(block, starts, good, spare), number[good]


def _distinct(names: list[str]) -> list[str]:
    """Number what occurs twice, so that each column has a name of its own."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return out


def lacking(source: Source, header: Header, missing: Sequence[str]) -> str:
    """Say which fields are missing; where there is no header at all, the text stands for it."""
    return complaint(source.name, header.names or [source.head[:80]], header.layout, "column", missing)
