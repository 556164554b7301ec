"""The register as the gateway needs it: which phone belongs to which vehicle, from the topic of vehicles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
import structlog

from forewarn.worker.tail import Follower, Tail
from ingest.vehicles import RegisteredVehicle

log: Final = structlog.get_logger()


class RegisterOfPhones(Follower):
    """Hands on what changes on the topic."""

    def __init__(self, tail: Tail, know: Callable[[Sequence[RegisteredVehicle], Sequence[str]], None]) -> None:
        """``know`` is given vehicles that are new or changed, and names of those that are gone."""
        super().__init__(tail)
        self.know = know

    def _take(self, records: Iterable[Any]) -> None:
        found: dict[str, RegisteredVehicle | None] = {}
        for record in records:
            name = (record.key or b"").decode("utf-8", "replace")
            try:
                one = None if record.value is None else msgspec.json.decode(record.value, type=RegisteredVehicle)
            except msgspec.DecodeError as error:
                place = f"{record.topic}[{record.partition}] offset {record.offset}"
                log.error("vehicle_refused", place=place, why=str(error)[:200])
                continue
            found.pop(name, None)
            found[name] = one
        self.know([one for one in found.values() if one is not None], [n for n, one in found.items() if one is None])
