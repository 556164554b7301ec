"""A snapshot: the state of a partition in packed parts that fit in messages, and a manifest that says what they hold.

A part is some rows of one table as they lie in memory, or names as JSON, packed by zstd. (Arrow was tried: columns of
wide rows take four times as long to pack and half as much room again, docs/performance.md.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray
from xxhash import xxh3_64_hexdigest

from alerts import saved as engines
from forewarn.worker.eviction import Evicted
from forewarn.worker.intake import LONGEST_NAME
from forewarn.worker.packing import (
    ENGINE,
    LEVEL,
    PART_BYTES,
    SCREEN,
    BadSnapshotError,
    columns,
    compressed,
    rows_from,
    schema,
    tables_for,
    tables_of,
)
from forewarn.worker.partition import State
from forewarn.worker.rules import Facts
from ingest import screen as screens

NAMES: Final = PART_BYTES // (6 * LONGEST_NAME)
"""Names of a part: a character takes up to 6 bytes in JSON."""
REGISTER: Final = "register"
EVICTED: Final = "evicted"


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
    """Those in its tables; evicted ones are apart."""


def parts_of(state: State) -> Iterator[tuple[Part, bytes]]:
    """Yield a state part by part, in the order in which they are put together again."""
    packer = zstandard.ZstdCompressor(level=LEVEL)

    def part(name: str, rows: int, content: Any) -> tuple[Part, bytes]:
        packed = compressed(packer, content)
        return Part(name, rows, xxh3_64_hexdigest(packed)), packed

    for name, table in _tables(state).items():
        width = table.dtype.itemsize * int(np.prod(table.shape[1:]))
        step = max(1, PART_BYTES // width)
        for first in range(0, max(1, len(table)), step):
            piece = np.ascontiguousarray(table[first : first + step])
            yield part(name, len(piece), piece.view(np.uint8).reshape(-1).data)
    for name, values in _lists(state).items():
        for first in range(0, max(1, len(values)), NAMES):
            given = values[first : first + NAMES]
            yield part(name, len(given), msgspec.json.encode(given))


def manifest_of(state: State, profile: str, parts: Iterable[Part]) -> Manifest:
    """Return the manifest of a state, of whose parts it tells; ``profile`` is the digest of the default one."""
    return Manifest(
        offset=state.offset,
        segments=state.segments,
        profile=profile,
        schema=schema(state.engine, state.screen),
        parts=tuple(parts),
        counts=state.screen.counts,
        vehicles=len(state.engine.names["vehicles"]),
    )


def state_of(manifest: Manifest, parts: Iterable[bytes]) -> State:
    """Return the state; raises BadSnapshotError where it is another software's, or parts are lacking or damaged."""
    known, likes = columns()
    if manifest.schema != known:
        raise BadSnapshotError("its columns are those of another version")
    likes = likes | {f"{EVICTED}.{name}": table for name, table in Evicted().tables.items()}
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
                rows.setdefault(part.table, []).append(rows_from(content, part.rows, like))
        return _state(manifest, {name: np.concatenate(rows[name]) for name in likes}, lists)
    except (zstandard.ZstdError, msgspec.DecodeError, KeyError, ValueError, TypeError) as error:
        raise BadSnapshotError(f"it is damaged: {error}") from error


def _lists(state: State) -> dict[str, list[Any]]:
    """Return what is no table: names by code, keys of parts of evicted vehicles, and the register."""
    found = {f"{ENGINE}:{name}": names for name, names in state.engine.names.items()}
    # a partition's engine and screen have one dictionary
    found |= {f"{SCREEN}:{name}": names for name, names in state.screen.names.items() if name not in state.engine.names}
    found |= {EVICTED: [key.decode() for key in state.evicted_keys]}
    return found | {REGISTER: [[vehicle, *msgspec.structs.astuple(f)] for vehicle, f in state.register.items()]}


def _state(manifest: Manifest, arrays: dict[str, NDArray[Any]], lists: dict[str, list[Any]]) -> State:
    def names(kind: str) -> dict[str, list[Any]]:
        return {name.split(":", 1)[1]: values for name, values in lists.items() if name.startswith(f"{kind}:")}

    engine = engines.Saved(names(ENGINE), tables_for(ENGINE, arrays))
    screen = screens.Saved({**engine.names, **names(SCREEN)}, tables_for(SCREEN, arrays), manifest.counts)
    register = {vehicle: Facts(*facts) for vehicle, *facts in lists[REGISTER]}
    evicted = [key.encode() for key in lists[EVICTED]], tables_for(EVICTED, arrays)
    return State(engine, screen, register, manifest.offset, manifest.segments, *evicted)


def _tables(state: State) -> dict[str, NDArray[Any]]:
    """Return the tables of a state by their names in a snapshot."""
    evicted = {f"{EVICTED}.{name}": table for name, table in state.evicted.items()}
    return tables_of(state.engine, state.screen) | evicted
