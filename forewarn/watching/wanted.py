"""Which alerts are to be shown, and whose vehicles they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from alerts.record import Alert
from ingest.vehicles import RegisteredVehicle


class Carriers:
    """The carrier of each vehicle, as the register has it."""

    def __init__(self) -> None:
        """Nothing known yet."""
        self._of: dict[str, str | None] = {}

    def know(self, records: Iterable[Any]) -> None:
        """Take in entries of the register; one that cannot be read says nothing of the carrier."""
        for record in records:
            try:
                value = record.value
                carrier = None if value is None else msgspec.json.decode(value, type=RegisteredVehicle).carrier
            except msgspec.DecodeError:
                carrier = None
            self._of[(record.key or b"").decode("utf-8", "replace")] = carrier

    def of(self, vehicle: str) -> str | None:
        """Return the carrier of a vehicle, None where it is not known."""
        return self._of.get(vehicle)


class Wanted:
    """What is to be shown."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Take the options; an option that is not given lets everything through."""
        self._kinds, self._segments = set(given["kind"]), set(given["segment"])
        self._vehicles, self._carriers = set(given["vehicle"]), set(given["carrier"])

    @property
    def by_carrier(self) -> bool:
        """Tell whether the register is needed."""
        return bool(self._carriers)

    def __call__(self, alert: Alert, carrier: str | None) -> bool:
        """Tell whether the alert, of a vehicle of that carrier, is to be shown."""
        segment = alert.segment
        return (
            (not self._kinds or alert.kind in self._kinds)
            and (not self._vehicles or alert.vehicle in self._vehicles)
            and (not self._segments or (segment is not None and bool({segment.id, segment.name} & self._segments)))
            and (not self._carriers or carrier in self._carriers)
        )
