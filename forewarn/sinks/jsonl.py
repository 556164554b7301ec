"""Records as JSON lines, ordered by time, vehicle, id and seq, valid whenever the program ends.

Records of one instant may come in two batches, so the newest instant is held back. Where positions arrived
late (order of arrival, not of time), the file is put in order at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from alerts.engine import Records
from alerts.record import Alert, Passage, encode, order


class JsonLines:
    """Writes the alerts or the passages to one file."""

    def __init__(self, path: Path, what: Literal["alerts", "passages"]) -> None:
        """Open the file anew. Raises OSError where it cannot be written."""
        self._path = path
        self._what = what
        self._file = path.open("wb")
        self._held: list[Alert | Passage] = []
        self._newest: tuple[Any, ...] = ()
        self._disordered = False
        self.count = 0

    def add(self, records: Records) -> None:
        """Write all but the newest instant."""
        fresh: Sequence[Alert | Passage] = records.alerts if self._what == "alerts" else records.passages
        if not fresh:
            return
        held = [*self._held, *fresh]
        held.sort(key=order)
        newest = order(held[-1])[0]
        ready = [r for r in held if order(r)[0] < newest]
        self._held = held[len(ready) :]
        self._write(ready)

    def close(self) -> None:
        """Write the rest; put the file in order where late positions disturbed it."""
        self._write(self._held)
        self._held = []
        self._file.close()
        if self._disordered:
            decoder: msgspec.json.Decoder[Alert | Passage] = msgspec.json.Decoder(
                Alert if self._what == "alerts" else Passage
            )
            lines = self._path.read_bytes().splitlines()
            lines.sort(key=lambda line: order(decoder.decode(line)))
            fresh = self._path.with_name(self._path.name + ".part")
            fresh.write_bytes(b"".join(line + b"\n" for line in lines))
            fresh.replace(self._path)

    def _write(self, ready: Sequence[Alert | Passage]) -> None:
        for record in ready:
            place = order(record)
            self._disordered = self._disordered or place < self._newest
            self._newest = max(self._newest, place)
            self._file.write(encode(record) + b"\n")
        self._file.flush()
        self.count += len(ready)
