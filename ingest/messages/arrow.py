"""Arrow messages: an IPC stream (or file) of record batches, columns recognised by their names. The fastest form."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.files.decode import Place, RawTable
from ingest.files.headers import Layout, complaint, recognise
from ingest.files.options import ReadOptions

STREAM: Final = b"\xff\xff\xff\xff"
"""What an IPC stream begins with: the mark of a message's length."""
FILE: Final = b"ARROW1"
MOST_LAYOUTS: Final = 1024
"""Sets of columns that are remembered; fleets have a few each."""
MOST_ROWS: Final = 1_000_000
"""Rows of a message; one that claims more is damaged."""


def sniff(value: bytes) -> bool:
    """Tell by the first bytes."""
    return value.startswith((STREAM, FILE))


class Arrow:
    """Reads Arrow messages of one source, and remembers which column is which field."""

    def __init__(self, options: ReadOptions) -> None:
        """Recognise columns by ``options``."""
        self._mapping = options.mapping
        self._layouts: dict[tuple[str, ...], Layout] = {}

    def tables(self, values: Sequence[bytes], numbers: NDArray[np.int64], source: Place) -> Iterator[RawTable]:
        """Yield the positions of messages, those of the same columns together; reject what is damaged or is none.

        ``numbers`` says for each message how it is called in a reject, and becomes ``line`` of its positions.
        """
        alike: dict[tuple[Any, ...], list[tuple[pl.DataFrame, int]]] = {}
        for value, number in zip(values, numbers.tolist(), strict=True):
            table = self._read(value, number, source)
            if table is None:
                continue
            layout = self._layout(tuple(table.columns))
            if not layout.complete:
                source.reject(
                    "missing_column", number, complaint(source.name, table.columns, layout, "column", layout.missing)
                )
                continue
            try:
                # no expressions: what they cost a message is more than what it holds
                fields = pl.DataFrame([_plain(table[column]).alias(f) for f, column in layout.columns.items()])
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
                source.reject("bad_arrow", number, str(error))
                continue
            if nested := [f for f, dtype in fields.schema.items() if dtype.is_nested()]:
                source.reject("bad_arrow", number, f"holds lists or objects for {', '.join(nested)}")
                continue
            alike.setdefault((tuple(table.columns), *fields.dtypes), []).append((fields, number))
        for (names, *_), parts in alike.items():
            layout = self._layout(names)
            line = np.repeat([number for _, number in parts], [len(fields) for fields, _ in parts])
            yield RawTable(
                pl.concat([fields for fields, _ in parts]), line.astype(np.int64), layout.units, layout.absent
            )

    def _layout(self, names: tuple[str, ...]) -> Layout:
        if names not in self._layouts:
            if len(self._layouts) >= MOST_LAYOUTS:
                self._layouts.pop(next(iter(self._layouts)))
            self._layouts[names] = recognise(names, self._mapping)
        return self._layouts[names]

    def _read(self, value: bytes, number: int, source: Place) -> pl.DataFrame | None:
        try:
            file = io.BytesIO(value)
            table = pl.read_ipc(file) if value.startswith(FILE) else pl.read_ipc_stream(file)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
            source.reject("bad_arrow", number, f"is no sound Arrow: {error}")
            return None
        if len(table) > MOST_ROWS:
            source.reject("too_long", number, f"has {len(table)} rows, over {MOST_ROWS}")
            return None
        return table


def _plain(column: pl.Series) -> pl.Series:
    """Return names as text, whatever dictionary they come with."""
    return column.cast(pl.String) if isinstance(column.dtype, pl.Categorical | pl.Enum) else column
