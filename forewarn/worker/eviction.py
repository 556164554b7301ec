"""Vehicles that have been silent for long: their state in parts elsewhere, and where to find it when they come back.

What stays in memory of such a vehicle is a hash of its name and the number of its part: 12 bytes instead of 500. Who
comes back has its state before its first fix is judged, so that the same records come out as if it had never left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import structlog
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from alerts import evicted as judged
from alerts import saved as engines
from alerts.engine import Engine
from forewarn.worker.packing import PART_BYTES, BadSnapshotError, packed, unpacked
from geofence.index import Index
from ingest import evicted as screened
from ingest import screen as screens
from ingest.screen import Screen

log: Final = structlog.get_logger()
EVICTED: Final = b"evicted/"
"""What the keys of parts begin with."""
AT_ONCE: Final = 256
"""Vehicles of one part: some 20 kB packed, read to take back one of them."""
PIECES: Final = 16
"""So many pieces a state is split into at once."""
LEAST_SHARE: Final = 0.02
"""Share of the vehicles that must be silent for it to be worth while: every table is written anew for the others."""
NOT_IN_IT: Final = "the part at that place is another one, or two names have one hash"
BACK: Final = -1
"""Part of a vehicle that was taken back."""


class Evicted:
    """The evicted vehicles of one partition."""

    def __init__(self, read: Callable[[int], bytes] | None = None) -> None:
        """``read`` returns the record of an offset of the topic of states; raises BadSnapshotError where it is gone."""
        self._read = read
        self.keys: list[bytes] = []
        """Key of each part."""
        self._where: dict[bytes, int | bytes] = {}
        """Offset of each part; itself, until it is written."""
        self._hash = np.zeros(0, np.uint64)
        self._part = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._part != BACK))

    @property
    def tables(self) -> dict[str, NDArray[Any]]:
        """Hash of each vehicle's name, in order, and its part; views."""
        return {"hash": self._hash, "part": self._part}

    @property
    def unwritten(self) -> list[tuple[bytes, bytes]]:
        """Key and content of the parts that are not written yet."""
        return [(key, where) for key in self.keys if isinstance(where := self._where[key], bytes)]

    def written(self, key: bytes, offset: int) -> None:
        """Note where a part stands."""
        if key in self._where:
            self._where[key] = offset

    def restore(self, keys: Sequence[bytes], tables: Mapping[str, NDArray[Any]], offsets: Mapping[bytes, int]) -> None:
        """Go on from what stands on the topic; raises BadSnapshotError where a part is not there."""
        gone = [key for key in keys if key not in offsets]
        if gone:
            raise BadSnapshotError(f"{gone[0].decode('utf-8', 'replace')} is not there")
        self.keys, self._where = list(keys), {key: offsets[key] for key in keys}
        self._hash, self._part = tables["hash"].copy(), tables["part"].copy()

    def put(self, offset: int, parts: Iterable[tuple[Sequence[str], bytes]]) -> None:
        """Take in parts, each with its vehicles, evicted at that offset; what nobody is left of is forgotten."""
        staying = self._part != BACK
        used, part = np.unique(self._part[staying], return_inverse=True)
        self.keys = [self.keys[k] for k in used.tolist()]
        hashes, numbers = [self._hash[staying]], [part.astype(np.int32)]
        for number, (names, content) in enumerate(parts):
            key = EVICTED + b"%d/%d" % (offset, number)
            hashes.append(_hashes(names))
            numbers.append(np.full(len(names), len(self.keys), np.int32))
            self.keys.append(key)
            self._where[key] = content
        self._where = {key: self._where[key] for key in self.keys}
        hashed = np.concatenate(hashes)
        order = np.argsort(hashed, kind="stable")
        self._hash, self._part = hashed[order], np.concatenate(numbers)[order]

    def back(self, names: Sequence[str]) -> Iterator[tuple[list[str], Callable[[], bytes]]]:
        """Yield who of some vehicles was evicted, by part, and what returns the part; they are evicted no more.

        That raises BadSnapshotError where it is not there any more.
        """
        if not names or not self._hash.size:
            return
        hashes = _hashes(names)
        at = np.minimum(np.searchsorted(self._hash, hashes), self._hash.size - 1)
        part = np.where(self._hash[at] == hashes, self._part[at], BACK)
        self._part[at[part != BACK]] = BACK
        for number in np.unique(part[part != BACK]).tolist():
            mine = [names[k] for k in np.flatnonzero(part == number).tolist()]
            yield mine, partial(self._content, self.keys[number])

    def _content(self, key: bytes) -> bytes:
        where = self._where[key]
        if isinstance(where, bytes):
            return where
        if self._read is None:
            raise BadSnapshotError("there is nothing to read evicted vehicles from")
        return self._read(where)


def chosen(engine: Engine, screen: screens.Saved, silent_ms: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Tell of each vehicle whether it is to be evicted, and whether nothing is known of it that were to be kept.

    To be evicted is who has not been heard of for ``silent_ms`` before the newest fix of all. None where both are too
    few to be worth while.
    """
    never = judged.unheard(engine)
    unheard = never & screened.unheard(screen)
    since_ms = judged.newest_ms(engine) - silent_ms
    silent = ~never & judged.silent(engine, since_ms) & screened.settled(screen)
    if np.count_nonzero(silent | unheard) <= LEAST_SHARE * engine.vehicles:
        return None
    return silent, unheard


def some_of(engine: engines.Saved, screen: screens.Saved, rows: NDArray[Any]) -> tuple[engines.Saved, screens.Saved]:
    """Return the state of the vehicles of some rows alone, numbered in their order."""
    drivers = np.union1d(judged.drivers_of(engine, rows), screened.drivers_of(screen, rows))
    return judged.of_some(engine, rows, drivers), screened.of_some(screen, rows, drivers)


def parts_of(engine: engines.Saved, screen: screens.Saved, index: Index) -> Iterator[tuple[list[str], bytes]]:
    """Yield a state in parts, each with its vehicles; one whose state alone is too large for a message is left out.

    It is split again and again until parts are small enough, so that none has to look at all there is.
    """
    pieces = -(-len(engine.names["vehicles"]) // AT_ONCE)
    if pieces <= 1:
        yield from _packed(judged.by_ids(engine, index), screen)
    else:
        for piece in _split(engine, screen, min(pieces, PIECES)):
            yield from parts_of(*piece, index)


def _packed(engine: engines.Saved, screen: screens.Saved) -> Iterator[tuple[list[str], bytes]]:
    vehicles, content = engine.names["vehicles"], packed(engine, screen)
    if len(content) <= PART_BYTES:
        yield vehicles, content
    elif len(vehicles) > 1:
        for half in _split(engine, screen, 2):
            yield from _packed(*half)


def _split(engine: engines.Saved, screen: screens.Saved, pieces: int) -> Iterator[tuple[engines.Saved, screens.Saved]]:
    for rows in np.array_split(np.arange(len(engine.names["vehicles"])), pieces):
        yield some_of(engine, screen, rows)


def take_back(evicted: Evicted, names: Sequence[str], engine: Engine, screen: Screen) -> None:
    """Give the state of those of some vehicles that were evicted back to an engine and a screen.

    What cannot be read is told of, and its vehicles begin anew.
    """
    for mine, content in evicted.back(names):
        try:
            judge, screener = unpacked(content())
        except BadSnapshotError as error:
            log.error("evicted_state_lost", vehicles=len(mine), why=str(error), instead="they begin anew")
            continue
        row_of = {name: row for row, name in enumerate(judge.names["vehicles"])}
        rows = np.array([row_of[name] for name in mine if name in row_of], np.int64)
        if rows.size < len(mine):
            log.error("evicted_state_lost", vehicles=len(mine) - rows.size, why=NOT_IN_IT, instead="they begin anew")
        judge, screener = some_of(judge, screener, rows)
        judged.adopt(engine, judge)
        screen.adopt(screener)


def _hashes(names: Sequence[str]) -> NDArray[np.uint64]:
    return np.fromiter((xxh3_64_intdigest(name.encode("utf-8", "replace")) for name in names), np.uint64, len(names))
