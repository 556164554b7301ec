"""JSON messages: an object a position, or an array of them; keys recognised as the headers of files are.

Objects within objects are opened up (``{"gps": {"lat": ...}}`` is ``gps_lat``); ``"coordinates": [lon, lat]`` is a
place. What is not recognised is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.files.decode import Place, RawTable
from ingest.files.headers import complaint, recognise
from ingest.files.options import ReadOptions
from ingest.messages import jt808_gateway
from ingest.messages.layout import Layout
from ingest.messages.shapes import BROKEN, DEEP, DEEPEST, EMPTY, STRAY, cut, lines

MOST_LAYOUTS: Final = 4096
"""Shapes that are remembered; fleets have a few each."""

_VERDICTS: Final = {
    STRAY: ("bad_json", "holds something beside objects"),
    BROKEN: ("bad_json", "breaks off"),
    DEEP: ("too_deep", f"is over {DEEPEST} levels deep"),
    EMPTY: ("bad_json", "holds no object"),
}

Path = tuple[str | int, ...]
"""Where a value stands in an object: keys, and places in a list."""


@dataclass(frozen=True, slots=True)
class Found:
    """Objects within texts."""

    raw: NDArray[np.uint8]
    """The texts, one behind the other."""
    bounds: NDArray[np.int64]
    """As ``shapes.cut`` returns them."""
    line: NDArray[np.int64]
    """What each object's message is called."""

    def text(self, of: slice = slice(None)) -> bytes:
        """Return objects a line each."""
        return lines(self.raw, self.bounds[of]).tobytes()

    def part(self, of: slice) -> Found:
        """Return some of them."""
        return Found(self.raw, self.bounds[of], self.line[of])


class Objects:
    """Reads JSON messages of one source, and remembers how its shapes are laid out."""

    def __init__(self, options: ReadOptions) -> None:
        """Recognise keys by ``options``."""
        self._mapping = options.mapping
        self._layouts: dict[int, Layout] = {}
        self.passed_over = 0
        """Objects so far that are sound and hold no position, such as a terminal's heartbeat."""

    def tables(self, values: Sequence[bytes], numbers: NDArray[np.int64], source: Place) -> Iterator[RawTable]:
        """Yield the positions of messages, those of a shape together; reject what is none.

        ``numbers`` says for each message how it is called in a reject, and becomes ``line`` of its positions.
        """
        text = b"".join(values)
        ends = np.cumsum(np.fromiter(map(len, values), np.int64, len(values)))
        raw = np.frombuffer(text, np.uint8)
        bounds, shapes, verdicts = cut(raw, ends)
        for k in np.flatnonzero(verdicts):
            reason, words = _VERDICTS[int(verdicts[k])]
            source.reject(reason, int(numbers[k]), f"{words}: {values[int(k)][:80]!r}")
        order = np.argsort(shapes, kind="stable")
        edges = np.flatnonzero(np.diff(shapes[order])) + 1
        for group in np.split(order, edges):
            if group.size:
                found = Found(raw, bounds[group], numbers[bounds[group, 0]])
                yield from self._group(int(shapes[group[0]]), found, source)

    def _group(self, shape: int, found: Found, source: Place) -> Iterator[RawTable]:
        layout = self._layouts.get(shape)
        if layout is None:
            layout = self._laid_out(found, source)
            if layout is not None:
                if len(self._layouts) >= MOST_LAYOUTS:
                    self._layouts.pop(next(iter(self._layouts)))
                self._layouts[shape] = layout
        if layout is None:
            for k in range(len(found.line)):
                _refuse(found.part(slice(k, k + 1)), source)
            return
        if layout.empty:
            self.passed_over += len(found.line)
            return
        if layout.fault:
            for number in found.line.tolist():
                source.reject("missing_column", number, layout.fault)
            return
        for table, rows in _parsed(found, layout, source):
            yield _raw(table, rows, layout)

    def _laid_out(self, found: Found, source: Place) -> Layout | None:
        """Return the layout that the first object which is JSON has; None where none is."""
        for k in range(len(found.line)):
            try:
                record = json.loads(found.text(slice(k, k + 1)), strict=False)
            except ValueError:
                continue
            if jt808_gateway.recognise(record):
                return jt808_gateway.layout(record)
            return _layout(record, self._mapping, source.name)
        return None


def _raw(table: pl.DataFrame, line: NDArray[np.int64], layout: Layout) -> RawTable:
    """Return the fields of parsed objects, a row a position."""
    if layout.lists:
        listed = table.with_columns(value.alias(c) for c, value in layout.lists.items())
        # an object whose list is empty has no position
        table = listed.with_row_index("of").explode(list(layout.lists)).drop_nulls(list(layout.lists))
        line = line[table["of"].to_numpy()]
    if layout.flat:  # no expressions: what they cost is for a few rows more than what the rows do
        plain = pl.DataFrame([table[column].alias(f) for f, column in layout.flat.items()])
        return RawTable(plain, line, layout.units, layout.absent)
    fields = table.select(value.alias(f) for f, value in layout.fields.items())
    return RawTable(fields, line, layout.units, layout.absent)


def _parsed(found: Found, layout: Layout, source: Place) -> Iterator[tuple[pl.DataFrame, NDArray[np.int64]]]:
    """Read objects as one; where that fails, by halves, until those at fault stand alone and are rejected."""
    count = len(found.line)
    try:
        table = pl.read_ndjson(found.text(), schema=layout.schema)
        if len(table) != count:
            raise pl.exceptions.ComputeError(f"{len(table)} objects were read of {count}")
        yield table, found.line
    except pl.exceptions.PolarsError:
        if count == 1:
            _refuse(found, source)
            return
        for part in (slice(None, count // 2), slice(count // 2, None)):
            yield from _parsed(found.part(part), layout, source)


def _refuse(one: Found, source: Place) -> None:
    """Reject an object that cannot be read, in words that are the same whoever found it out."""
    text = one.text()
    reason, words = ("bad_json", "is no sound JSON") if _is_utf8(text) else ("bad_encoding", "is not UTF-8")
    source.reject(reason, int(one.line[0]), f"{words}: {text[:80]!r}")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _leaves(record: Mapping[str, Any], before: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield the flat name and the path of each value."""
    for key, value in record.items():
        path = (*before, key)
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        elif key == "coordinates":  # whatever stands there: how a shape is read goes by its keys alone
            yield "coordinates_lon", (*path, 0)
            yield "coordinates_lat", (*path, 1)
        else:
            yield "_".join(map(str, path)), path


def _layout(record: Mapping[str, Any], mapping: Mapping[str, str], name: str) -> Layout:
    paths: dict[str, Path] = {}
    for flat, path in _leaves(record):
        paths.setdefault(flat, path)
    found = recognise(list(paths), mapping)
    fault = "" if found.complete else complaint(name, list(paths), found, "key", found.missing)
    wanted = {f: paths[column] for f, column in found.columns.items()}
    values = {f: _value(path) for f, path in wanted.items()}
    at_top = {f: str(path[0]) for f, path in wanted.items()} if all(len(p) == 1 for p in wanted.values()) else {}
    return Layout(_schema(wanted.values()), values, at_top, found.units, found.absent, fault=fault)


def _schema(paths: Any) -> dict[str, Any]:
    """Return what polars is to read so that each path is there."""
    inner: dict[str, list[Path]] = {}
    for path in paths:
        inner.setdefault(str(path[0]), []).append(path[1:])
    return {key: _dtype(rests) for key, rests in inner.items()}


def _dtype(rests: list[Path]) -> Any:
    if () in rests:
        return pl.String
    if isinstance(rests[0][0], int):
        return pl.List(pl.String)
    return pl.Struct(_schema(rests))


def _value(path: Path) -> pl.Expr:
    value = pl.col(str(path[0]))
    for step in path[1:]:
        value = value.list.get(step, null_on_oob=True) if isinstance(step, int) else value.struct.field(step)
    return value
