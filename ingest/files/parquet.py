"""Parquet: columns found by their names, read in batches, so that a file need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from ingest.errors import NothingUsable, UnreadableFile
from ingest.files.decode import RawTable
from ingest.files.headers import complaint, recognise
from ingest.files.options import ReadOptions
from ingest.files.source import Source

ROW_BYTES: Final = 80
"""What a row takes about in text: makes the batches of the same size as those of text files."""


def sniff(source: Source) -> bool:
    """Tell by the magic number that a Parquet file begins with."""
    return source.head_bytes.startswith(b"PAR1")


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield the file in batches; the row stands for the line. Raises NothingUsable or UnreadableFile."""
    try:
        lazy = pl.scan_parquet(source.path)
        names = lazy.collect_schema().names()
        layout = recognise(names, options.mapping)
        if not layout.complete:
            raise NothingUsable(complaint(source.name, names, layout, "column", layout.missing))
        rows = max(1, options.block_bytes // ROW_BYTES)
        wanted = lazy.select(pl.col(column).alias(f) for f, column in layout.columns.items())
        total = max(1, lazy.select(pl.len()).collect().item())
        told, first = 0, 1
        for table in wanted.collect_batches(chunk_size=rows, maintain_order=True):
            line = np.arange(first, first + len(table), dtype=np.int64)
            yield RawTable(table, line, layout.units, layout.absent)
            first += len(table)
            share = source.size * (first - 1) // total
            source.report(share - told)
            told = share
    except pl.exceptions.PolarsError as error:
        raise UnreadableFile(f"{source.name}: is no sound Parquet file: {error}") from error
