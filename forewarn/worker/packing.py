"""The state of an engine and a screen as tables that have names, and that of a few vehicles as one record."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from alerts import saved as engines
from ingest import screen as screens

PART_BYTES: Final = 800_000
"""Most bytes of one record, so that it fits in a message of Kafka (1 MiB); those of a snapshot before they are packed.
"""
LEVEL: Final = 1
"""Of zstd: a higher one takes longer than it saves."""
ENGINE: Final = "engine"
SCREEN: Final = "screen"


class BadSnapshotError(Exception):
    """State that cannot be gone on from; the message says why."""


class _Record(msgspec.Struct, frozen=True):
    """The state of a few vehicles."""

    schema: str
    names: dict[str, list[str]]
    """Of engine and screen, which have one dictionary."""
    tables: dict[str, tuple[int, bytes]]
    """Rows and bytes of each table."""


def tables_of(engine: engines.Saved, screen: screens.Saved) -> dict[str, NDArray[Any]]:
    """Return the tables of a state by their names."""
    return {
        **{f"{ENGINE}.{name}": table for name, table in engine.tables.items()},
        **{f"{SCREEN}.{name}": table for name, table in screen.tables.items()},
    }


def tables_for(kind: str, tables: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return those of an engine or of a screen, as they call them."""
    return {name.split(".", 1)[1]: table for name, table in tables.items() if name.startswith(f"{kind}.")}


def schema(engine: engines.Saved, screen: screens.Saved) -> str:
    """Return the digest of all columns of a state; another one cannot be gone on from."""
    told = [(name, str(t.dtype.descr), t.shape[1:]) for name, t in sorted(tables_of(engine, screen).items())]
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


@lru_cache
def columns() -> tuple[str, dict[str, NDArray[Any]]]:
    """Return the schema that every state here has, and its tables without rows."""
    engine, screen = engines.blank(), screens.Screen().saved()
    return schema(engine, screen), tables_of(engine, screen)


def rows_from(content: bytes, rows: int, like: NDArray[Any]) -> NDArray[Any]:
    """Return so many rows of a table as they lie in memory; raises ValueError where there are more or fewer."""
    return np.frombuffer(content, like.dtype).reshape(rows, *like.shape[1:])


def compressed(compressor: zstandard.ZstdCompressor, content: Any) -> bytes:
    """Return the content compressed, in no more room than it takes: the library's result keeps that of the longest."""
    return bytes(memoryview(compressor.compress(content)))


def packed(engine: engines.Saved, screen: screens.Saved) -> bytes:
    """Return the state of a few vehicles as one record."""
    tables = {name: (len(table), table.tobytes()) for name, table in tables_of(engine, screen).items()}
    record = _Record(schema(engine, screen), {**screen.names, **engine.names}, tables)
    return compressed(zstandard.ZstdCompressor(level=LEVEL), msgspec.msgpack.encode(record))


def unpacked(content: bytes) -> tuple[engines.Saved, screens.Saved]:
    """Return the state of a few vehicles; raises BadSnapshotError where it is another software's, or damaged."""
    known, likes = columns()
    try:
        plain = zstandard.ZstdDecompressor().decompress(content)
        record = msgspec.msgpack.decode(plain, type=_Record)
        if record.schema != known:
            raise BadSnapshotError("its columns are those of another version")
        tables = {name: rows_from(told, rows, likes[name]).copy() for name, (rows, told) in record.tables.items()}
    except (zstandard.ZstdError, msgspec.DecodeError, KeyError, ValueError) as error:
        raise BadSnapshotError(f"it is damaged: {error}") from error
    return (
        engines.Saved(record.names, tables_for(ENGINE, tables)),
        screens.Saved(record.names, tables_for(SCREEN, tables), {}),
    )
