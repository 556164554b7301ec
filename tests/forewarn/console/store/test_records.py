"""Alerts, passages and outcomes in the store: each once, read by vehicle, by segment and by episode."""

from __future__ import annotations

from alerts.record import iso
from forewarn.console.store import Store, days, records
from tests.forewarn.console.making import MINUTE, T0, alert, outcome, passage, prompt


def test_records_are_kept_once(store: Store) -> None:
    """What is told again, in one portion or a later one, is not new; of two that differ the first counts."""
    first, second = alert("e1", 0), alert("e1", 1, state="updated")
    with store.begin() as c:
        taken = records.put_alerts(c, [first, second, alert("e1", 0, speed_kmh=1.0)])
        assert taken == (2, [])
        assert records.put_passages(c, [passage("p1"), passage("p1")]).new == 1
        assert records.put_outcomes(c, [outcome("e1", 0), outcome("e1", 1)], T0).new == 2
    with store.begin() as c:
        third = alert("e2", 0)
        assert records.put_alerts(c, [second, third]).new == 1
        assert records.put_passages(c, [passage("p1"), passage("p2")]).new == 1
        assert records.put_outcomes(c, [outcome("e1", 0, reason="late")], T0).new == 0
        assert records.put_alerts(c, []) == (0, [])
        assert records.alerts_of_id(c, "e1") == [first, second]
        assert records.outcomes_of(c, ["e1", "e7"]) == [outcome("e1", 0), outcome("e1", 1)]
        assert records.outcomes_of(c, []) == []
        of_vehicle = records.passages_of_vehicle(c, passage("p1").vehicle, 0)
        assert sorted(of_vehicle, key=lambda one: one.id) == [passage("p1"), passage("p2")]


def test_a_record_that_cannot_be_kept_is_told_and_the_others_are_kept(store: Store) -> None:
    """A time that is none and a number that no column holds spoil nothing but their own record."""
    bad = [alert("b1", at="yesterday"), alert("b2", -1), alert("b3", 2**31), alert("b4", 10**30), alert("b5", at="")]
    good = [alert("g\x00", vehicle="x\x00"), alert("g2", speed_kmh=None, segment=None, prompt=prompt())]
    with store.begin() as c:
        taken = records.put_alerts(c, [bad[0], good[0], *bad[1:], good[1]])
        assert taken == (len(good), bad)
        assert records.put_passages(c, [passage("b", approached_at="99")]).bad
        assert records.put_outcomes(c, [outcome("b", -2), outcome("b", 2**40)], T0).bad
        assert records.put_alerts(c, good).new == 0
        assert records.alerts_of_id(c, "g2") == [good[1]]
        assert [one.seq for one in records.alerts_of_vehicle(c, "x\x00", T0)] == [0]


def test_many_are_kept_in_one_go(store: Store) -> None:
    """More than one statement holds, all of them new, and none of them twice."""
    many = [alert(f"e{n}", n % 3, T0 + n) for n in range(5_000)]
    with store.begin() as c:
        assert records.put_alerts(c, many).new == len(many)
        assert records.put_alerts(c, many).new == 0
        kept = records.alerts_of_vehicle(c, many[0].vehicle, T0, limit=len(many))
        assert kept[::-1] == many


def test_a_vehicle_and_a_segment_have_their_records(store: Store) -> None:
    """Since a moment, the newest first, up to a number."""
    with store.begin() as c:
        records.put_alerts(
            c,
            [
                alert("e1", 0, T0),
                alert("e1", 1, T0 + 2),
                alert("e2", 0, T0 + 1, vehicle="v2"),
                alert("e3", 0, T0 - 1),
                alert("e4", 0, T0 + 3, segment=None),
            ],
        )
        records.put_passages(c, [passage("p1", T0), passage("p2", T0 + 1, vehicle="v2"), passage("p3", T0 - 1)])
        told = [(one.id, one.seq) for one in records.alerts_of_vehicle(c, "沪A00001", T0)]
        assert told == [("e4", 0), ("e1", 1), ("e1", 0)]
        assert len(records.alerts_of_vehicle(c, "沪A00001", T0, limit=2)) == 2
        assert [one.id for one in records.passages_of_vehicle(c, "沪A00001", T0)] == ["p1"]


def test_a_prompt_has_what_became_of_it(store: Store) -> None:
    """Alerts with a prompt, each with its own outcome or none; those without a prompt are left out."""
    with store.begin() as c:
        records.put_alerts(
            c,
            [
                alert("e1", 0, T0, prompt=prompt()),
                alert("e1", 1, T0 + 1),
                alert("e2", 0, T0 + 2, prompt=prompt()),
                alert("e3", 0, T0 + 3, prompt=prompt(), vehicle="v2"),
            ],
        )
        records.put_outcomes(c, [outcome("e1", 0), outcome("e1", 1, outcome="failed")], T0)
        found = records.prompts_of_vehicle(c, "沪A00001", T0)
        assert [(one.id, became and became.outcome) for one, became in found] == [("e2", None), ("e1", "spoken")]
        assert sum(count for _, count in days.prompts_between(c, T0 + 1, 2**53)) == 2


def test_episodes_that_go_on_are_found(store: Store) -> None:
    """The newest of each episode that has not ended, since a moment; approaches are no episodes."""
    with store.begin() as c:
        records.put_alerts(
            c,
            [
                alert("on", 0, T0),
                alert("on", 1, T0 + 2, state="updated"),
                alert("over", 0, T0),
                alert("over", 1, T0 + 1, state="cleared"),
                alert("gone", 0, T0, kind="fatigue"),
                alert("gone", 1, T0 + 1, kind="fatigue", state="withdrawn"),
                alert("tired", 0, T0 + 1, kind="fatigue", vehicle="v2"),
                alert("near", 0, T0, kind="approach"),
                alert("old", 0, T0 - 1),
            ],
        )
        assert [(one.id, one.seq) for one in records.open_episodes(c, T0)] == [("tired", 0), ("on", 1)]
        assert [one.id for one in records.open_episodes(c, T0, "v2")] == ["tired"]
        # the end told before the last update is still the end of nothing
        records.put_alerts(c, [alert("late", 1, T0 + 5, state="cleared")])
        records.put_alerts(c, [alert("late", 0, T0 + 4)])
        assert [one.id for one in records.open_episodes(c, T0)] == ["tired", "on"]


def test_old_records_go_in_portions(store: Store) -> None:
    """Up to so many of each kind at a time, until none from before is left; what is younger stays."""
    with store.begin() as c:
        records.put_alerts(c, [alert(f"e{n}", 0, T0 + n * MINUTE) for n in range(10)])
        records.put_passages(c, [passage(f"p{n}", T0 + n * MINUTE) for n in range(10)])
        records.put_outcomes(c, [outcome(f"e{n}") for n in range(5)], T0)
        records.put_outcomes(c, [outcome(f"e{n}") for n in range(5, 10)], T0 + 9 * MINUTE)
        before = T0 + 8 * MINUTE
        assert [records.remove_old(c, before, most=6) for _ in range(3)] == [6 + 6 + 5, 2 + 2, 0]
        assert [one.at for one in records.alerts_of_vehicle(c, "沪A00001", 0)] == [iso(T0 + 9 * MINUTE), iso(before)]
        assert len(records.passages_of_vehicle(c, "沪A00001", 0)) == 2
        assert len(records.outcomes_of(c, [f"e{n}" for n in range(10)])) == 5
