"""A snapshot: the state of a partition in packed parts that fit in messages, and a manifest that says what they hold.

A part is some rows of one table as they lie in memory, or names as JSON, packed by zstd. (Arrow was tried: columns of
wide rows take four times as long to pack and half as much room again, docs/performance.md.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray
from xxhash import xxh3_64_hexdigest

from alerts import engine as engines
from alerts.engine import Engine
from forewarn.worker.intake import LONGEST_NAME
from forewarn.worker.partition import State
from forewarn.worker.rules import Facts
from ingest import screen as screens
from ingest.screen import Screen

PART_BYTES: Final = 800_000
"""Most bytes of a part before it is packed, so that whatever it holds fits in a message of Kafka (1 MiB)."""
NAMES: Final = PART_BYTES // (6 * LONGEST_NAME)
"""Names of a part: a character takes up to 6 bytes in JSON."""
LEVEL: Final = 1
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


def schema(engine: engines.Saved, screen: screens.Saved) -> str:
    """Return the digest of all columns of a state; another one cannot be gone on from."""
    told = [(name, str(t.dtype.descr), t.shape[1:]) for name, t in sorted(_tables(engine, screen).items())]
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def parts_of(state: State) -> Iterator[tuple[Part, bytes]]:
    """Yield a state part by part, in the order in which they are put together again."""
    packer = zstandard.ZstdCompressor(level=LEVEL)

    def part(name: str, rows: int, content: Any) -> tuple[Part, bytes]:
        packed = packer.compress(content)
        return Part(name, rows, xxh3_64_hexdigest(packed)), packed

    for name, table in _tables(state.engine, state.screen).items():
        width = table.dtype.itemsize * int(np.prod(table.shape[1:]))
        step = max(1, PART_BYTES // width)
        for first in range(0, max(1, len(table)), step):
            piece = np.ascontiguousarray(table[first : first + step])
            yield part(name, len(piece), piece.view(np.uint8).reshape(-1).data)
    for name, values in _lists(state).items():
        for first in range(0, max(1, len(values)), NAMES):
            given = values[first : first + NAMES]
            yield part(name, len(given), msgspec.json.encode(given))


def state_of(manifest: Manifest, parts: Iterable[bytes], template: Engine) -> State:
    """Return the state; raises BadSnapshotError where it is another software's, or parts are lacking or damaged."""
    blank = template.fresh().saved(copied=False), Screen().saved(copied=False)
    if manifest.schema != schema(*blank):
        raise BadSnapshotError("its columns are those of another version")
    likes = _tables(*blank)
    rows: dict[str, list[NDArray[Any]]] = {}
    lists: dict[str, list[Any]] = {}
    unpacker = zstandard.ZstdDecompressor()
    try:
        for part, packed in zip(manifest.parts, parts, strict=True):
            if xxh3_64_hexdigest(packed) != part.digest:
                raise BadSnapshotError(f"a part of {part.table} is not the one that was written")
            content = unpacker.decompress(packed)
            like = likes.get(part.table)
            if like is None:
                lists.setdefault(part.table, []).extend(msgspec.json.decode(content))
            else:
                rows.setdefault(part.table, []).append(
                    np.frombuffer(content, like.dtype).reshape(part.rows, *like.shape[1:])
                )
        return _state(manifest, {name: np.concatenate(rows[name]) for name in likes}, lists)
    except (zstandard.ZstdError, msgspec.DecodeError, KeyError, ValueError, TypeError) as error:
        raise BadSnapshotError(f"it is damaged: {error}") from error


def _lists(state: State) -> dict[str, list[Any]]:
    """Return what is no table: names by code, and the register."""
    found = {f"{_ENGINE}:{name}": names for name, names in state.engine.names.items()}
    found |= {f"{_SCREEN}:{name}": list(names) for name, names in state.screen.names.items()}
    return found | {_REGISTER: [[vehicle, *msgspec.structs.astuple(f)] for vehicle, f in state.register.items()]}


def _state(manifest: Manifest, arrays: dict[str, NDArray[Any]], lists: dict[str, list[Any]]) -> State:
    def tables(kind: str) -> dict[str, NDArray[Any]]:
        return {name.split(".", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{kind}.")}

    def names(kind: str) -> dict[str, list[Any]]:
        return {name.split(":", 1)[1]: values for name, values in lists.items() if name.startswith(f"{kind}:")}

    engine = engines.Saved(names(_ENGINE), tables(_ENGINE))
    screen = screens.Saved(names(_SCREEN), tables(_SCREEN), manifest.counts)
    register = {vehicle: Facts(*facts) for vehicle, *facts in lists[_REGISTER]}
    return State(engine, screen, register, manifest.offset, manifest.segments)


def _tables(engine: engines.Saved, screen: screens.Saved) -> dict[str, NDArray[Any]]:
    """Return the tables of a state by their names in a snapshot."""
    return {
        **{f"{_ENGINE}.{name}": table for name, table in engine.tables.items()},
        **{f"{_SCREEN}.{name}": table for name, table in screen.tables.items()},
    }
