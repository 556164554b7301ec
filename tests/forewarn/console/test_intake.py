"""Records taken in: kept once, folded once, raised once, over restarts and a store that does not answer."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.states import State
from forewarn.console.desk import Desk
from forewarn.console.incoming import Incoming
from forewarn.console.intake import Intake
from forewarn.console.store import alarms, offsets, positions, records
from forewarn.console.store.database import Store
from tests.forewarn.console.made import alert, fixes, ms, outcome, passage


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """What an intake does is the same on each database, whose own tests stand beside their code."""
    return sqlite_url


def intake_of(store: Store) -> Intake:
    """An intake that has begun."""
    intake = Intake(store, Desk(store, lambda vehicle: None), "test", lambda: None)
    intake.begin(ms(0))
    return intake


def open_ones(store: Store) -> list[Alarm]:
    """The open alarms."""
    with store.read() as c:
        return alarms.listed(c)


def test_what_comes_is_kept_and_raised(store: Store) -> None:
    """In one go: records, positions, where to go on, and the alarm."""
    intake = intake_of(store)
    incoming = Incoming(
        [alert("fatigue", id="f")], [passage("p", entry_kmh=50.0)], [(outcome("spoken", id="f"), "T1")],
        [fixes(("T1", 0, 50.0), ("T2", 0, 60.0))], {("alerts", 3): 17},
    )  # fmt: skip
    intake.take(incoming, ms(1))
    assert [one.kind for one in open_ones(store)] == ["fatigue_past_limit"]
    with store.read() as c:
        assert [one.vehicle for one in positions.newest(c)] == ["T1", "T2"]
        assert len(records.passages_of_vehicle(c, "T1", 0)) == len(records.outcomes_of(c, ["f"])) == 1
    assert intake_of(store).begin(ms(2)) == {("alerts", 3): 17}
    assert intake.moved() == [0, 1] and intake.moved() == []


def test_what_comes_again_changes_nothing(store: Store) -> None:
    """Readers of Kafka may see a record twice."""
    intake = intake_of(store)
    for _ in range(3):
        intake.take(Incoming([alert("fatigue")]), ms(1))
    (alarm,) = open_ones(store)
    assert (alarm.count, alarm.version) == (1, 1)


def test_after_a_restart_an_episode_goes_on(store: Store) -> None:
    """One raised before is not raised again, and ends; one that was under way is raised when its time comes."""
    intake = intake_of(store)
    intake.take(Incoming([alert("fatigue", id="f"), alert("speeding", id="s", vehicle="T2", speak_s=5)]), ms(5))
    again = intake_of(store)
    again.take(Incoming(positions=[fixes(("T2", 100, 110.0))]), ms(100))
    again.turn(ms(101))
    assert sorted(one.kind for one in open_ones(store)) == ["fatigue_past_limit", "speeding_goes_on"]
    third = intake_of(store)
    third.take(Incoming([alert("fatigue", "cleared", id="f", seq=1)]), ms(200))
    third.take(Incoming([alert("speeding", "cleared", id="s", seq=1, vehicle="T2", ended_s=150)]), ms(200))
    assert {one.state for one in open_ones(store)} == {State.RETURNED} and len(open_ones(store)) == 2


def test_after_a_restart_ignored_warnings_still_count(store: Store) -> None:
    """Also one whose passage comes after it."""
    warned = [alert("approach", id=f"w{k}", speak_s=1, limit_kmh=40.0) for k in range(3)]
    passed = [passage(f"p{k}", entry_kmh=60.0, alert_ids=[f"w{k}"]) for k in range(3)]
    intake_of(store).take(Incoming(warned, passed[:2]), ms(40))
    assert open_ones(store) == []
    intake_of(store).take(Incoming(passages=passed[2:]), ms(50))
    assert [(one.kind, one.facts["ignored"]) for one in open_ones(store)] == [("warnings_ignored", 3)]


def test_records_are_kept_before_positions(store: Store) -> None:
    """Nobody who waits for an alarm waits for the fixes that came with it; where to go on is kept after both."""
    kept: list[tuple[int, int, int]] = []

    def changed() -> None:
        with store.read() as c:
            kept.append((len(alarms.listed(c)), len(positions.newest(c)), len(offsets.of(c, "test"))))

    intake = Intake(store, Desk(store, lambda vehicle: None), "test", changed)
    intake.take(Incoming([alert("fatigue")], positions=[fixes(("T1", 0, 50.0))], offsets={("alerts", 0): 1}), ms(1))
    assert kept == [(1, 0, 0)] and intake_of(store).begin(ms(2)) == {("alerts", 0): 1}


def test_nothing_is_lost_while_the_store_does_not_answer(store: Store, tmp_path: Path) -> None:
    """It waits, says so, and raises then what there is to raise, once."""
    intake = intake_of(store)
    other = sqlite3.connect(tmp_path / "console.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    taking = threading.Thread(target=intake.take, args=(Incoming([alert("fatigue")]), ms(1)))
    taking.start()
    end = time.monotonic() + 30
    while intake.waits is None and time.monotonic() < end:
        time.sleep(0.05)
    assert intake.waits is not None and "console.db" in intake.waits
    other.execute("ROLLBACK")
    taking.join(30)
    assert intake.waits is None
    assert [one.count for one in open_ones(store)] == [1]
    other.close()


def test_a_record_that_cannot_be_kept_is_counted(store: Store) -> None:
    """The others of its batch are kept."""
    intake = intake_of(store)
    intake.take(Incoming([alert("fatigue", at="soon"), alert("fatigue", id="good")]), ms(1))
    assert intake.rejects.count == {"alert_not_kept": 1}
    assert [one.facts["alert"] for one in open_ones(store)] == ["good"]


def in_silence(intake: Intake, to_s: int) -> None:
    """Let T1 fall silent among three that go on, for so long."""
    intake.turn(ms(0))
    for at_s in range(0, to_s, 20):
        names = ["T2", "T3", "T4", *(["T1"] if at_s < 40 else [])]
        intake.take(Incoming(positions=[fixes(*((name, at_s, 50.0) for name in names))]), ms(at_s))
        intake.turn(ms(at_s))


def test_a_silent_stream_suppresses_what_it_explains(store: Store) -> None:
    """And releases it when somebody is heard again, also where the console was started anew in between."""
    intake = intake_of(store)
    in_silence(intake, 1000)
    (alarm,) = open_ones(store)
    assert (alarm.vehicle, alarm.state) == ("T1", State.UNACKNOWLEDGED)
    intake.turn(ms(1100))
    assert [one.state for one in open_ones(store)] == [State.SUPPRESSED]
    again = intake_of(store)
    again.take(Incoming(positions=[fixes(("T2", 1110, 50.0))]), ms(1110))
    again.turn(ms(1111))
    assert [one.state for one in open_ones(store)] == [State.UNACKNOWLEDGED]


def test_after_a_restart_it_is_known_where_everybody_is(store: Store) -> None:
    """And who falls silent then is told of."""
    in_silence(intake_of(store), 30)
    again = Intake(store, Desk(store, lambda vehicle: None), "test", lambda: None)
    again.begin(ms(40))
    with again.fleet() as fleet:
        assert fleet.of("T1")["speed_kmh"] == 50.0
    again.turn(ms(40))
    for at_s in range(60, 1200, 20):
        again.take(Incoming(positions=[fixes(*((name, at_s, 50.0) for name in ("T2", "T3", "T4")))]), ms(at_s))
        again.turn(ms(at_s))
    assert [one.vehicle for one in open_ones(store)] == ["T1"]


def test_two_consoles_that_take_turns_tell_the_same(store: Store) -> None:
    """Each folds all that it reads, whoever kept a record first; what both tell of is one."""
    one, other = intake_of(store), intake_of(store)
    began, ended = alert("fatigue"), alert("fatigue", "cleared", seq=1)
    one.take(Incoming([began]), ms(1))
    other.take(Incoming([began, ended]), ms(2))
    (alarm,) = open_ones(store)
    assert (alarm.count, alarm.state) == (1, State.RETURNED)
    one.take(Incoming([ended, alert("fatigue", id="b")]), ms(3))
    other.take(Incoming([alert("fatigue", id="b")]), ms(4))
    (alarm,) = open_ones(store)
    assert (alarm.count, alarm.state) == (2, State.UNACKNOWLEDGED)


def test_a_restart_loses_no_episode_whose_sentence_was_told_long_before(store: Store) -> None:
    """Updates without a sentence came after it."""
    intake = intake_of(store)
    told = [alert("speeding", speak_s=5), alert("speeding", "updated", seq=1, reason="worse")]
    intake.take(Incoming(told), ms(20))
    again = intake_of(store)
    again.take(Incoming(positions=[fixes(("T1", 100, 110.0))]), ms(100))
    again.turn(ms(101))
    assert [alarm.kind for alarm in open_ones(store)] == ["speeding_goes_on"]


def test_a_fix_from_the_future_is_none(store: Store) -> None:
    """A receiver without the date would bring every alarm at once, and hide its vehicle."""
    intake = intake_of(store)
    intake.take(Incoming(positions=[fixes(("T1", 3600, 110.0))]), ms(0))
    with intake.fleet() as fleet, store.read() as c:
        assert fleet.of("T1") is None and positions.newest(c) == []
