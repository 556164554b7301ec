"""The newest fix of every vehicle."""

from __future__ import annotations

from forewarn.console.alarms.fleet import Fleet
from tests.forewarn.console.made import fixes, ms


def test_the_newest_by_its_own_time_counts() -> None:
    """Whatever the order in which fixes come; older ones change nothing."""
    fleet = Fleet()
    changed = fleet.take(fixes(("A", 10, 50), ("B", 5, 30), ("A", 20, 60), ("A", 15, 55)), ms(30))
    assert [fleet.vehicles.all[code] for code in changed] == ["A", "B"]
    assert fleet.of("A")["speed_kmh"] == 60 and fleet.of("A")["time_ms"] == ms(20)
    assert not fleet.take(fixes(("A", 18, 99)), ms(31)).size
    assert fleet.of("A")["speed_kmh"] == 60 and fleet.of("A")["arrived_ms"] == ms(31)


def test_who_was_never_heard_of_is_nowhere() -> None:
    """Nor is one of whom only re-uploads came, though it is there."""
    fleet = Fleet()
    assert fleet.of("A") is None
    assert not fleet.take(fixes(("A", 1, 50), history=True), ms(2)).size
    assert fleet.of("A") is None and len(fleet) == 1 and fleet.arrived_ms == ms(2)


def test_a_fleet_grows() -> None:
    """Beyond the room that it began with."""
    fleet = Fleet()
    for k in range(3):
        rows = [(f"V{n}", k * 10, float(n % 90)) for n in range(k * 1000, k * 1000 + 1500)]
        assert fleet.take(fixes(*rows), ms(k * 10)).size == 1500
    assert len(fleet) == 3500
    assert fleet.of("V3499")["speed_kmh"] == 3499 % 90 and fleet.of("V0")["speed_kmh"] == 0
