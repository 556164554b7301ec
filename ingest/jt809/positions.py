"""Positions of a link, or of many, to batches: their bytes are collected as they come and read a column at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.files.options import ToWgs84
from ingest.jt808.errors import BodyError
from ingest.jt808.fields import ungbk
from ingest.jt808.gathered import Gathered
from ingest.jt808.messages.registration import COLOURS
from ingest.jt809.block import BLOCK_BYTES, PREFIX_BYTES, REPORT_BYTES, SUFFIX_BYTES
from ingest.jt809.columns import blocks_2011, blocks_2019
from ingest.names import Dictionaries
from ingest.positions import LINES, UNKNOWN_MS, PositionBatch, Reject
from ingest.rows import Rows, batch_of

VehicleOf = Callable[[str, str | int], str | None]
"""Returns the vehicle of a plate and its colour's name (or number, where it has none); None where there is none."""
POSITION_IDS: Final = {0x1202: False, 0x1203: True, 0x9202: False, 0x9203: True}
"""Sub-ids of positions, and whether they are of a time without link."""
MOST_VEHICLES: Final = 1_000_000
"""Plates that are remembered; further ones are rejected."""


def named_by_plate(plate: str, colour: str | int) -> str:
    """Return a name for a vehicle of which nothing else is known: plates are unique within a colour."""
    return f"{plate} {colour}"


class Positions:
    """Positions of many vehicles in the order in which they came."""

    def __init__(
        self,
        on_reject: Callable[[Reject], None],
        vehicle_of: VehicleOf = named_by_plate,
        names: Dictionaries | None = None,
        source: str = "jt809",
    ) -> None:
        """``source`` stands in rejects, whose line counts the messages. Names that it meets come to ``names``."""
        self.names = names or Dictionaries()
        self._vehicle_of = vehicle_of
        self._on_reject = on_reject
        self._source = source
        self._first_line = self.names.sources.one(source) * LINES
        self._codes: dict[bytes, int] = {}
        self._drivers: dict[int, int] = {}
        self._messages = 0
        self._gathered = {2011: Gathered(), 2019: Gathered()}

    def __len__(self) -> int:
        return sum(len(gathered) for gathered in self._gathered.values())

    def add(self, version: int, vehicle: bytes, sub_id: int, data: bytes, received_ms: int) -> None:
        """Take in the data of a message; ``vehicle`` is its plate and colour as they were sent.

        Raises BodyError where the data are not laid out as the version says.
        """
        self._messages += 1
        gathered = self._gathered[2019 if version >= 2019 else 2011]
        history = POSITION_IDS[sub_id]
        starts = (_starts_2019 if version >= 2019 else _starts_2011)(data, history)
        code = self._code(vehicle)
        if code < 0:
            return
        driver = self._drivers.get(code, -1)
        gathered.add(data, starts, code, driver, received_ms, self._messages, history=history)

    def drives(self, vehicle: bytes, driver: str | None) -> None:
        """Note who drives a vehicle from now on; None: nobody knows."""
        code = self._code(vehicle)
        if code >= 0:
            self._drivers[code] = self.names.drivers.one(driver) if driver else -1

    def forget(self) -> None:
        """Ask again which vehicle a plate is: the register has changed."""
        self._codes.clear()

    def take(self) -> tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]:
        """Return all positions and start anew: the rows, which are shifted to GCJ-02, and the alarm bits.

        The time is ``UNKNOWN_MS`` where the one that was sent is none. Degrees are as they were sent, signed.
        """
        gathered, self._gathered = self._gathered, {2011: Gathered(), 2019: Gathered()}
        parts = [blocks_2011(gathered[2011].taken()), blocks_2019(gathered[2019].taken())]
        rows, shifted, alarm = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        order = np.argsort(rows["line"], kind="stable")
        rows, shifted, alarm = rows[order], shifted[order], alarm[order]
        rows["line"] += self._first_line
        return rows, shifted, alarm

    def batch(self, shifted_to_wgs84: ToWgs84 | None = None) -> PositionBatch:
        """Return all positions that can be used and start anew; the others are rejected by reason.

        ``shifted_to_wgs84`` puts positions right that say that they are shifted; such are rejected where it is None.
        """
        rows, shifted, _ = self.take()
        bad = rows["time_ms"] == UNKNOWN_MS
        self._refuse(rows, bad, "bad_time", "the time that was sent is none")
        far = ~bad & ((np.abs(rows["lon"]) > 180) | (np.abs(rows["lat"]) > 180))
        self._refuse(rows, far, "out_of_range", "the degrees are no place")
        bad |= far
        moved = np.flatnonzero(shifted & ~bad & (np.abs(rows["lat"]) <= 90))
        if moved.size and shifted_to_wgs84 is None:
            lost = np.zeros(rows.size, np.bool_)
            lost[moved] = True
            self._refuse(rows, lost, "shifted", "is shifted to GCJ-02")
            bad |= lost
        elif moved.size and shifted_to_wgs84 is not None:
            rows["lon"][moved], rows["lat"][moved] = shifted_to_wgs84(rows["lon"][moved], rows["lat"][moved])
        return batch_of(rows[~bad] if bad.any() else rows, self.names)

    def _code(self, vehicle: bytes) -> int:
        code = self._codes.get(vehicle)
        if code is not None:
            return code
        plate, colour = ungbk(vehicle[:-1]).strip(), COLOURS.get(vehicle[-1], vehicle[-1])
        if len(self._codes) >= MOST_VEHICLES:
            self._reject("too_many_vehicles", f"over {MOST_VEHICLES} vehicles; {plate} {colour} is one more")
            return -1
        name = self._vehicle_of(plate, colour)
        if name is None:
            self._reject("unknown_vehicle", f"{plate} {colour} is not known")
            return -1
        self._codes[vehicle] = self.names.vehicles.one(name)
        return self._codes[vehicle]

    def _reject(self, reason: str, detail: str) -> None:
        self._on_reject(Reject(reason, self._source, self._messages, detail[:200]))

    def _refuse(self, rows: Rows, fault: NDArray[np.bool_], reason: str, detail: str) -> None:
        for k in np.flatnonzero(fault):
            row = rows[k]
            held = f"{self.names.vehicles.all[row['vehicle']]}: {detail} ({row['lon']:.6f}, {row['lat']:.6f})"
            self._on_reject(Reject(reason, self._source, int(row["line"]) % LINES, held[:200]))


def _starts_2011(data: bytes, history: bool) -> list[int]:
    count = data[0] if history and data else 1
    first = 1 if history else 0
    if len(data) < first + count * BLOCK_BYTES:
        raise BodyError("bad_body", f"{len(data)} bytes where {count} positions have {first + count * BLOCK_BYTES}")
    return [first + k * BLOCK_BYTES for k in range(count)]


def _starts_2019(data: bytes, history: bool) -> list[int]:
    count = data[0] if history and data else 1
    at = 1 if history else 0
    starts = []
    for _ in range(count):
        length = int.from_bytes(data[at + 1 : at + PREFIX_BYTES], "big")
        end = at + PREFIX_BYTES + length + SUFFIX_BYTES
        if len(data) < end or length < REPORT_BYTES:
            raise BodyError("bad_body", f"a report of {length} bytes at {at} of {len(data)}")
        starts.append(at)
        at = end
    return starts
