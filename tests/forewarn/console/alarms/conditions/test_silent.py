"""A terminal that goes silent while its vehicle drives."""

from __future__ import annotations

from forewarn.console.alarms.conditions.silent import Silent
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS
from tests.forewarn.console.made import fixes, ms, told

SILENT_S = round(KINDS["terminal_silent"].on_delay_s)
BACK_S = round(KINDS["terminal_silent"].off_delay_s)


def run(silent: Silent, fleet: Fleet, from_s: int, to_s: int, *others: str) -> list[tuple[str, bool]]:
    """Turn every 10 s, while others are heard; returns who was told of, and whether as gone."""
    found = []
    for at_s in range(from_s, to_s, 10):
        fleet.take(fixes(*((name, at_s, 50.0) for name in others)), ms(at_s))
        found += [(signal.vehicle, signal.begins) for signal in silent.turn(fleet, ms(at_s))]
    return found


def test_one_that_drove_and_is_not_heard_is_gone_and_comes_back() -> None:
    """After the on-delay; and is back once the off-delay has passed too."""
    silent, fleet = Silent(), Fleet()
    assert not run(silent, fleet, 0, 20, "T1", "T2")
    assert not run(silent, fleet, 20, SILENT_S, "T2")
    assert run(silent, fleet, SILENT_S, SILENT_S + 60, "T2") == [("T1", True)]
    assert not run(silent, fleet, SILENT_S + 60, SILENT_S + 60 + BACK_S, "T1", "T2")
    assert run(silent, fleet, SILENT_S + 60 + BACK_S, SILENT_S + 400, "T1", "T2") == [("T1", False)]


def test_a_parked_one_may_be_silent() -> None:
    """Its terminal is switched off with the truck."""
    silent, fleet = Silent(), Fleet()
    run(silent, fleet, 0, 20, "T2")
    fleet.take(fixes(("T1", 20, 3.0)), ms(20))
    assert not run(silent, fleet, 20, SILENT_S + 200, "T2")


def test_a_silent_stream_is_nobodys_terminal() -> None:
    """Nobody is told of, and after it everybody has the whole time again."""
    silent, fleet = Silent(), Fleet()
    run(silent, fleet, 0, 20, "T1", "T2", "T3")
    assert not run(silent, fleet, 20, 5 * SILENT_S)
    back_s = 5 * SILENT_S
    assert not run(silent, fleet, back_s, back_s + SILENT_S - 20, "T2", "T3")
    assert run(silent, fleet, back_s + SILENT_S - 20, back_s + SILENT_S + 60, "T2", "T3") == [("T1", True)]


def test_the_only_one_that_drives_may_fall_silent() -> None:
    """It is not taken for the stream; parked ones that report rarely make no difference."""
    silent, fleet = Silent(), Fleet()
    run(silent, fleet, 0, 20, "T1")
    gone = []
    for at_s in range(20, SILENT_S + 200, 10):
        if at_s % 300 == 0:
            fleet.take(fixes(("P1", at_s, 0.0)), ms(at_s))
        gone += [signal.vehicle for signal in silent.turn(fleet, ms(at_s))]
    assert gone == ["T1"]


def test_after_a_restart_who_was_gone_is_not_told_again() -> None:
    """And is told as back when heard."""
    silent, fleet = Silent(), Fleet()
    run(silent, fleet, 0, 20, "T1", "T2")
    run(silent, fleet, 20, SILENT_S + 20, "T2")
    (gone,) = silent._silent.items()
    again, fresh = Silent(), Fleet()
    again._silent[gone[0]] = gone[1]
    begin_s = SILENT_S + 20
    assert not run(again, fresh, begin_s, begin_s + SILENT_S + 100, "T2")
    end_s = begin_s + SILENT_S + 100
    assert run(again, fresh, end_s, end_s + 200, "T1", "T2") == [("T1", False)]


def test_where_it_was_and_since_when_is_told() -> None:
    """The last known place, and the occasion by which it is one."""
    silent, fleet = Silent(), Fleet()
    run(silent, fleet, 0, 20, "T1", "T2")
    run(silent, fleet, 20, SILENT_S, "T2")
    fleet.take(fixes(("T2", SILENT_S + 10, 50.0)), ms(SILENT_S + 10))
    (signal,) = silent.turn(fleet, ms(SILENT_S + 10))
    assert signal.place is not None and signal.place.speed_kmh == 50.0
    assert signal.facts["silent_since"] in signal.occasion and told([signal])[0][1]
