"""A terminal that goes silent while its vehicle drives."""

from __future__ import annotations

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions.silent import FORGET_MS, Silent
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS
from forewarn.console.alarms.states import State
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


def restarted(fleet: Fleet, at_s: float, *gone: Signal) -> tuple[Silent, Fleet]:
    """What a console that begins then takes up: where each was, and who was gone."""
    again, fresh = Silent(), Fleet()
    for name, fix in zip(fleet.vehicles.all, fleet.newest, strict=True):
        fresh.seed([(name, int(fix["time_ms"]), 114.1, 22.7, float(fix["speed_kmh"]), None, None)], ms(at_s))
    for one in gone:
        raised = iso(one.at_ms)
        again.know(
            Alarm(
                id="x", version=1, vehicle=one.vehicle, carrier=None, driver=None, kind=one.kind, segment_id=None,
                segment_name=None, priority=3, state=State.UNACKNOWLEDGED, present=True, count=1, raised_at=raised,
                last_at=raised, facts=one.facts, holding=(one.occasion,),
            ),
            [one.occasion],
        )  # fmt: skip
    return again, fresh


def gone_by(silent: Silent, fleet: Fleet, at_s: int) -> Signal:
    """Let T1 be heard last at 10 s, and be told of then."""
    run(silent, fleet, 0, 20, "T1", "T2")
    run(silent, fleet, 20, at_s, "T2")
    fleet.take(fixes(("T2", at_s, 50.0)), ms(at_s))
    (signal,) = silent.turn(fleet, ms(at_s))
    return signal


def test_after_a_restart_who_was_gone_is_so_until_it_is_heard() -> None:
    """It is not told of again, and that it is known where it was does not make it heard."""
    silent, fleet = Silent(), Fleet()
    gone, begin_s = gone_by(silent, fleet, SILENT_S + 10), SILENT_S + 30
    again, fresh = restarted(fleet, begin_s, gone)
    end_s = begin_s + 2 * SILENT_S
    assert not run(again, fresh, begin_s, end_s, "T2")
    assert run(again, fresh, end_s, end_s + 200, "T1", "T2") == [("T1", False)]


def test_after_a_restart_everybody_has_the_whole_time_again() -> None:
    """Who is known from before, and is not heard, is told of after it."""
    silent, fleet = Silent(), Fleet()
    run(silent, fleet, 0, 20, "T1", "T2")
    again, fresh = restarted(fleet, 500)
    assert not run(again, fresh, 500, 500 + SILENT_S, "T2")
    assert run(again, fresh, 500 + SILENT_S, 520 + SILENT_S, "T2") == [("T1", True)]


def test_one_heard_without_a_newer_fix_may_fall_silent_again() -> None:
    """It is there, wherever it is, and then gone once more."""
    silent, fleet = Silent(), Fleet()
    back_s = SILENT_S + 100
    gone_by(silent, fleet, SILENT_S + 10)
    fleet.take(fixes(("T1", 10, 50.0)), ms(back_s))
    assert run(silent, fleet, back_s, back_s + SILENT_S, "T2") == [("T1", False)]
    assert run(silent, fleet, back_s + SILENT_S, back_s + SILENT_S + 100, "T2") == [("T1", True)]


def test_one_that_was_forgotten_stays_so_when_all_have_their_time_again() -> None:
    """After a day it is somebody else's matter: a silent stream, or a restart, does not bring it back."""
    silent, fleet = Silent(), Fleet()
    gone = gone_by(silent, fleet, SILENT_S + 10)
    day_s = FORGET_MS // 1000
    again, fresh = restarted(fleet, day_s - 100, gone)
    for one, fleet_now in ((silent, fleet), (again, fresh)):
        assert run(one, fleet_now, day_s - 100, day_s + 2 * SILENT_S, "T2") == [("T1", False)]
        others = "T2", "T3", "T4"
        assert not run(one, fleet_now, day_s + 2 * SILENT_S, day_s + 2 * SILENT_S + 20, *others)
        assert not run(one, fleet_now, day_s + 3 * SILENT_S, day_s + 3 * SILENT_S + 100)
        assert not run(one, fleet_now, day_s + 4 * SILENT_S, day_s + 6 * SILENT_S, *others)


def test_where_it_was_and_since_when_is_told() -> None:
    """The last known place, and the occasion by which it is one."""
    signal = gone_by(Silent(), Fleet(), SILENT_S + 10)
    assert signal.place is not None and signal.place.speed_kmh == 50.0
    assert signal.facts["silent_since"] in signal.occasion and told([signal])[0][1]
