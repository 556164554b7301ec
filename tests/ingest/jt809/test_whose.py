"""Whose a position between platforms is: by plate and colour, and who drives."""

from __future__ import annotations

import pytest

from ingest.jt809.positions import Positions, named_by_plate
from ingest.positions import Reject
from tests.ingest.jt809.independent import block, vehicle
from tests.ingest.jt809.test_positions import AT, AT_MS, CAR


def test_whose_a_position_is_the_caller_says() -> None:
    """By plate and colour, asked once each; one that he does not know is rejected, until the register changes."""
    asked: list[tuple[str, str | int]] = []
    register = {("苏B12345", "yellow"): "truck-1"}
    rejects: list[Reject] = []

    def vehicle_of(plate: str, colour: str | int) -> str | None:
        asked.append((plate, colour))
        return register.get((plate, colour))

    positions = Positions(rejects.append, vehicle_of, source="city")
    for _ in range(3):
        positions.add(2011, CAR, 0x1202, block(AT), AT_MS)
    positions.add(2011, vehicle("苏B12345", 1), 0x1202, block(AT), AT_MS)
    positions.add(2011, vehicle("  ", 77), 0x1202, block(AT), AT_MS)
    batch = positions.batch()
    assert [batch.vehicles[code] for code in batch.vehicle] == ["truck-1"] * 3
    assert asked == [("苏B12345", "yellow"), ("苏B12345", "blue"), ("", 77)]
    assert [(reject.reason, reject.source, reject.line) for reject in rejects] == [
        ("unknown_vehicle", "city", 4),
        ("unknown_vehicle", "city", 5),
    ]
    register["苏B12345", "yellow"] = "truck-2"
    positions.forget()
    positions.add(2011, CAR, 0x1202, block(AT), AT_MS)
    batch = positions.batch()
    assert [batch.vehicles[code] for code in batch.vehicle] == ["truck-2"]


def test_plates_without_end_do_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are one too many are rejected; the ones that are known go on."""
    monkeypatch.setattr("ingest.jt809.positions.MOST_VEHICLES", 2)
    rejects: list[Reject] = []
    positions = Positions(rejects.append)
    for plate in ("苏B00001", "苏B00002", "苏B00003", "苏B00001"):
        positions.add(2011, vehicle(plate), 0x1202, block(AT), AT_MS)
    assert len(positions.batch()) == 3
    assert [reject.reason for reject in rejects] == ["too_many_vehicles"]


def test_plates_are_told_apart_by_their_colour() -> None:
    """The same characters on blue and on yellow are two vehicles, in the names that nobody gave."""
    assert named_by_plate("苏B12345", "blue") != named_by_plate("苏B12345", "yellow")


def test_who_drives_is_told_apart_from_positions() -> None:
    """From the next position on, until it is told otherwise."""
    positions = Positions(lambda reject: None)
    for driver in ("3202001", None):
        positions.add(2011, CAR, 0x1202, block(AT), AT_MS)
        positions.drives(CAR, driver)
    positions.add(2011, CAR, 0x1202, block(AT), AT_MS)
    batch = positions.batch()
    drivers = [batch.drivers[code] if code >= 0 else None for code in batch.driver]
    assert drivers == [None, "3202001", None]
