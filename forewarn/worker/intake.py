"""Messages of one partition to positions of its own vehicles; a name that does not belong there is kept nowhere.

A name costs a row in the tables of rules and its place in every snapshot. So a name that is refused must not get beyond
here: a stream of ever-new ones would fill the memory, and one of a megabyte would make a snapshot that no topic takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.files.notes import remarks
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.messages.partitioner import partitions_of
from ingest.names import PerName
from ingest.positions import LINES, PositionBatch, Reject

WRONG_PARTITION: Final = "wrong_partition"
"""Reason of positions whose vehicle belongs to another partition: there it has another clock and another voice."""

LONGEST_NAME: Final = 256
"""Characters of a vehicle's or driver's name: it stands in every record."""


class Intake:
    """Reads the messages of one partition."""

    def __init__(self, name: str, number: int, of: int, options: ReadOptions) -> None:
        """``name`` stands in rejects, ``number`` is its own among ``of``."""
        self._name, self._options = name, options
        self.faults: list[Reject] = []
        """What could not be read, or is not to be judged here, and was not fetched yet; a line is an offset."""
        self._noted: dict[str, None] = {}
        self._strange = PerName(lambda names: partitions_of(names, of) != number, np.bool_(True))
        self._endless = PerName(_too_long, np.bool_(False))
        self._endless_drivers = PerName(_too_long, np.bool_(False))
        self._begin()

    def _begin(self) -> None:
        """Read on without the names met so far."""
        self._reader = Reader(self._name, self._options, self.faults.append)
        self._sound = 0, 0

    @property
    def remarks(self) -> list[str]:
        """What was taken for granted in reading so far, each once."""
        return list({**self._noted, **dict.fromkeys(remarks(self._reader.notes, self._name))})

    def read(self, messages: Sequence[Message]) -> PositionBatch:
        """Return the positions of this partition's vehicles, and only names that belong to it; reject the others."""
        batch = self._reader.read(messages)
        vehicles, drivers = self._sound
        if (vehicles, drivers) == (len(batch.vehicles), len(batch.drivers)):
            return batch
        endless, strange = self._endless(batch.vehicles), self._strange(batch.vehicles)
        endless_drivers = self._endless_drivers(batch.drivers)
        new, new_drivers = slice(vehicles, len(batch.vehicles)), slice(drivers, len(batch.drivers))
        if not (endless[new].any() or strange[new].any() or endless_drivers[new_drivers].any()):
            self._sound = len(batch.vehicles), len(batch.drivers)
            return batch
        batch = self._without(batch, endless[batch.vehicle] | endless_drivers[batch.driver], strange[batch.vehicle])
        self._noted = dict.fromkeys(self.remarks)
        self._begin()
        return batch

    def _without(self, batch: PositionBatch, endless: NDArray[Any], strange: NDArray[Any]) -> PositionBatch:
        """Return the other positions, with no names but theirs."""
        for k in np.flatnonzero(endless | strange).tolist():
            offset = int(batch.line[k]) % LINES
            if endless[k]:
                reason, detail = "bad_name", f"the vehicle's or driver's name has over {LONGEST_NAME} characters"
            else:
                name = batch.vehicles[int(batch.vehicle[k])]
                reason, detail = WRONG_PARTITION, f"vehicle '{name}' belongs to another partition"
            self.faults.append(Reject(reason, self._name, offset, detail[:200]))
        kept = batch.take(~(endless | strange))
        vehicles, vehicle = _needed(kept.vehicles, kept.vehicle)
        drivers, driver = _needed(kept.drivers, kept.driver)
        return replace(kept, vehicles=vehicles, vehicle=vehicle, drivers=drivers, driver=driver)


def _needed(names: Sequence[str], codes: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    """Return the names that codes lead to, and the codes in these; -1 stays -1."""
    used = np.unique(codes[codes >= 0])
    return [names[code] for code in used.tolist()], np.where(codes < 0, -1, np.searchsorted(used, codes)).astype("i4")


def _too_long(names: Sequence[str]) -> list[bool]:
    return [len(name) > LONGEST_NAME for name in names]
