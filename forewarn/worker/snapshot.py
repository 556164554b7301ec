"""A snapshot: the state of a partition as Arrow parts that fit in messages, and a manifest that says what they hold.

Every column of a table is a column of its own; one with several values a row is several, ``gap_s.0`` and so on.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray
from xxhash import xxh3_64_hexdigest

from alerts import engine as engines
from alerts.engine import Engine
from forewarn.worker.partition import State
from forewarn.worker.rules import Facts
from ingest import screen as screens
from ingest.screen import Screen

PART_BYTES: Final = 800_000
"""Most bytes of a part before it is packed; a message of Kafka holds 1 MiB."""
_ENGINE, _SCREEN, _REGISTER = "engine", "screen", "register"


class BadSnapshotError(Exception):
    """A snapshot that cannot be gone on from; the message says why."""


class Part(msgspec.Struct, frozen=True):
    """What one part holds."""

    table: str
    rows: int
    digest: str
    """xxh3 of its bytes."""


class Manifest(msgspec.Struct, frozen=True):
    """What makes parts a snapshot; it counts only when it is committed."""

    offset: int
    """Next offset of the positions."""
    segments: str
    """Version of the segments."""
    profile: str
    """Digest of the default profile's figures; for the record, since state holds for any."""
    schema: str
    """Digest of the columns."""
    parts: tuple[Part, ...]
    counts: dict[str, int]
    """Faults that the screen has counted, by reason."""
    vehicles: int


def schema(template: Engine) -> str:
    """Return the digest of all columns of a state; another one cannot be gone on from."""
    told = [(name, str(t.dtype.descr), t.shape[1:]) for name, t in sorted(_arrays_of(template).items())]
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def parts_of(state: State) -> Iterator[tuple[Part, bytes]]:
    """Yield a state part by part, in the order in which they are put together again."""
    for name, frame in _frames(state):
        width = max(1, int(frame.estimated_size()) // max(1, len(frame)))
        rows = max(1, PART_BYTES // width)
        for first in range(0, max(1, len(frame)), rows):
            piece = frame.slice(first, rows)
            packed = io.BytesIO()
            piece.write_ipc(packed, compression="zstd")
            content = packed.getvalue()
            yield Part(name, len(piece), xxh3_64_hexdigest(content)), content


def state_of(manifest: Manifest, parts: Iterable[bytes], template: Engine) -> State:
    """Return the state; raises BadSnapshotError where it is another software's, or parts are lacking or damaged."""
    if manifest.schema != schema(template):
        raise BadSnapshotError("its columns are those of another version")
    frames: dict[str, list[pl.DataFrame]] = {}
    try:
        for part, packed in zip(manifest.parts, parts, strict=True):
            if xxh3_64_hexdigest(packed) != part.digest:
                raise BadSnapshotError(f"a part of {part.table} is not the one that was written")
            frame = pl.read_ipc(io.BytesIO(packed))
            frames.setdefault(part.table, []).append(frame)
        tables = {name: pl.concat(pieces) for name, pieces in frames.items()}
        arrays = {name: _array(tables[name], like) for name, like in _arrays_of(template).items()}
        return _state(manifest, tables, arrays)
    except (pl.exceptions.PolarsError, KeyError, ValueError, OSError) as error:
        raise BadSnapshotError(f"it is damaged: {error}") from error


def _frames(state: State) -> Iterator[tuple[str, pl.DataFrame]]:
    e, s = state.engine, state.screen
    for kind, tables in ((_ENGINE, e.tables), (_SCREEN, s.tables)):
        for name, table in tables.items():
            yield f"{kind}.{name}", _frame(table)
    rows = [row for row, _ in e.names["clocks"]]
    drivers = [driver for _, driver in e.names["clocks"]]
    yield f"{_ENGINE}:clocks", pl.DataFrame({"row": pl.Series(rows, dtype=pl.Int32), "driver": _texts(drivers)})
    for name in ("vehicles", "drivers"):
        yield f"{_ENGINE}:{name}", pl.DataFrame({"name": _texts(e.names[name])})
    for name, names in s.names.items():
        yield f"{_SCREEN}:{name}", pl.DataFrame({"name": _texts(names)})
    columns = {"vehicle": list(state.register)}
    columns |= {f: [getattr(facts, f) for facts in state.register.values()] for f in Facts.__struct_fields__}
    yield _REGISTER, pl.DataFrame({name: _texts(texts) for name, texts in columns.items()})


def _state(manifest: Manifest, tables: Mapping[str, pl.DataFrame], arrays: dict[str, NDArray[Any]]) -> State:
    def of(kind: str) -> dict[str, NDArray[Any]]:
        return {name.split(".", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{kind}.")}

    def names(table: str) -> list[Any]:
        return tables[table]["name"].to_list()

    clocks = tables[f"{_ENGINE}:clocks"]
    engine = engines.Saved(
        {
            "vehicles": names(f"{_ENGINE}:vehicles"),
            "drivers": names(f"{_ENGINE}:drivers"),
            "clocks": list(zip(clocks["row"].to_list(), clocks["driver"].to_list(), strict=True)),
        },
        of(_ENGINE),
    )
    screen = screens.Saved(
        {name: names(f"{_SCREEN}:{name}") for name in ("vehicles", "drivers", "sources")},
        of(_SCREEN),
        manifest.counts,
    )
    register = tables[_REGISTER]
    facts = [Facts(*row) for row in register.select(Facts.__struct_fields__).iter_rows()]
    known = dict(zip(register["vehicle"].to_list(), facts, strict=True))
    return State(engine, screen, known, manifest.offset, manifest.segments)


def _arrays_of(template: Engine) -> dict[str, NDArray[Any]]:
    """Return an empty table of each kind, by its name in a snapshot."""
    engine, screen = template.fresh().saved(), Screen().saved()
    return {
        **{f"{_ENGINE}.{name}": table[:0] for name, table in engine.tables.items()},
        **{f"{_SCREEN}.{name}": table[:0] for name, table in screen.tables.items()},
    }


def _texts(texts: Sequence[str | None]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def _columns(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Iterator[tuple[str, str | None, int | None]]:
    """Yield for each column its name, the field and the place in the row, None where there is but one."""
    for field in dtype.names or (None,):
        inner = dtype[field].shape if field is not None else shape
        if inner:
            for k in range(inner[0]):
                yield f"{field or ''}.{k}", field, k
        else:
            yield field or "", field, None


def _frame(table: NDArray[Any]) -> pl.DataFrame:
    columns = {}
    for name, field, k in _columns(table.dtype, table.shape[1:]):
        column = table[field] if field is not None else table
        columns[name] = np.ascontiguousarray(column[:, k] if k is not None else column)
    return pl.DataFrame(columns)


def _array(frame: pl.DataFrame, like: NDArray[Any]) -> NDArray[Any]:
    """Return the table of a frame, with the columns of ``like``; raises KeyError and ValueError."""
    table = np.zeros((len(frame), *like.shape[1:]), like.dtype)
    for name, field, k in _columns(like.dtype, like.shape[1:]):
        if name not in frame.columns:
            raise KeyError(name)
        column = table[field] if field is not None else table
        column[(slice(None), k) if k is not None else slice(None)] = frame[name].to_numpy()
    return table
