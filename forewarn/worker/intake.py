"""Messages of one partition to positions of its own vehicles; a name that does not belong there is kept nowhere.

A name costs a row in the tables of rules and its place in every snapshot. So a name that is refused must not get beyond
here: a stream of ever-new ones would fill the memory, and one of a megabyte would make a snapshot that no topic takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.messages.partitioner import partitions_of
from ingest.names import Dictionaries, Names
from ingest.positions import LINES, PositionBatch, Reject

WRONG_PARTITION: Final = "wrong_partition"
"""Reason of positions whose vehicle belongs to another partition: there it has another clock and another voice."""

LONGEST_NAME: Final = 256
"""Characters of a vehicle's or driver's name: it stands in every record."""


class Intake:
    """Reads the messages of one partition."""

    def __init__(self, name: str, number: int, of: int, options: ReadOptions, names: Dictionaries) -> None:
        """``name`` stands in rejects, ``number`` is its own among ``of``; names come to ``names``, which is new."""
        self._name, self._number, self._of = name, number, of
        self.faults: list[Reject] = []
        """What could not be read, or is not to be judged here, and was not fetched yet; a line is an offset."""
        self._names = names
        self._reader = Reader(name, options, self.faults.append, names)

    @property
    def remarks(self) -> list[str]:
        """What was taken for granted in reading so far, each once."""
        return self._reader.remarks

    def read(self, messages: Sequence[Message]) -> PositionBatch:
        """Return the positions of this partition's vehicles, and keep no names but theirs; reject the others."""
        vehicles, drivers = len(self._names.vehicles), len(self._names.drivers)
        batch = self._reader.read(messages)
        new_vehicles, new_drivers = batch.vehicles[vehicles:], batch.drivers[drivers:]
        if not new_vehicles and not new_drivers:
            return batch
        strange = partitions_of(new_vehicles, self._of) != self._number
        endless, endless_drivers = _too_long(new_vehicles), _too_long(new_drivers)
        if not (strange.any() or endless.any() or endless_drivers.any()):
            return batch
        bad = _of_rows(endless, vehicles, batch.vehicle) | _of_rows(endless_drivers, drivers, batch.driver)
        foreign = _of_rows(strange, vehicles, batch.vehicle) & ~bad
        self._refuse(batch, bad, "bad_name", f"the vehicle's or driver's name has over {LONGEST_NAME} characters")
        self._refuse(batch, foreign, WRONG_PARTITION, "vehicle '{}' belongs to another partition")
        kept = batch.take(~(bad | foreign))
        return replace(
            kept,
            vehicle=_kept(self._names.vehicles, vehicles, kept.vehicle),
            driver=_kept(self._names.drivers, drivers, kept.driver),
        )

    def _refuse(self, batch: PositionBatch, rows: NDArray[np.bool_], reason: str, words: str) -> None:
        for k in np.flatnonzero(rows).tolist():
            detail = words.format(batch.vehicles[int(batch.vehicle[k])][:LONGEST_NAME])
            self.faults.append(Reject(reason, self._name, int(batch.line[k]) % LINES, detail[:200]))


def _of_rows(flags: NDArray[np.bool_], first: int, codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return the flag of each row's name; ``flags`` are those of the names from a code on, those before are fine."""
    rows = np.zeros(codes.size, np.bool_)
    new = np.flatnonzero(codes >= first)
    rows[new] = flags[codes[new] - first]
    return rows


def _kept(names: Names, first: int, codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Forget the names from a code on that no row has, and return the rows' codes as they are then."""
    new = np.flatnonzero(codes >= first)
    used, which = np.unique(codes[new], return_inverse=True)
    staying = [names.all[code] for code in used.tolist()]
    names.cut(first)
    codes = codes.copy()
    codes[new] = np.array([names.one(name) for name in staying], np.int32)[which]
    return codes


def _too_long(names: Sequence[str]) -> NDArray[np.bool_]:
    return np.fromiter((len(name) > LONGEST_NAME for name in names), np.bool_, len(names))
