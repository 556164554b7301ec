"""Alarms in the store: one open of a kind, optimistic versions, lists, and occasions."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Disposition
from forewarn.console.alarms.states import State
from forewarn.console.store import Store, alarms, open_store
from forewarn.console.store.tables import ALARMS
from tests.forewarn.console.making import MINUTE, T0, alarm


def _keep(store: Store, *several: Alarm) -> None:
    with store.begin() as c:
        assert all(alarms.put(c, one, None) for one in several)


def test_an_alarm_comes_back_field_for_field(store: Store) -> None:
    """Whatever an alarm holds is the same when it is read, Chinese, quotes and control characters included."""
    kept = alarm(
        state=State.SHELVED,
        returned_at=iso(T0 + 1),
        acknowledged_at=iso(T0 + 2),
        acknowledged_by="lin",
        shelved_until=iso(T0 + MINUTE),
        shelved_by="lin",
        shelved_because="维修'); DROP TABLE alarms; --\x1b\n",
        facts={"driven_s": 15_000.5, "list": [1, None, "二"], "deep": {"a": True}},
        disposition=Disposition("false_alarm", "other", "一句话🚚", "lin", iso(T0 + 3)),
    )
    _keep(store, kept)
    with store.read() as c:
        assert alarms.find(c, "a1") == kept
        assert alarms.find(c, "a2") is None


def test_hostile_names_are_names(store: Store) -> None:
    """A vehicle's name with quotes and a NUL is kept and found; PostgreSQL, which has no NUL, is not upset by it."""
    name = "x'\"; DROP TABLE alarms; --\x00"
    _keep(store, alarm(vehicle=name))
    with store.read() as c:
        assert [one.id for one in alarms.of_vehicle(c, name)] == ["a1"]
        assert alarms.open_of(c, name, "speeding_goes_on", "ramp-1") is not None


@pytest.mark.parametrize("segment_id", ["ramp-1", None])
def test_one_alarm_is_open_of_a_vehicle_kind_and_segment(store: Store, segment_id: str | None) -> None:
    """A second open one is not written, with a segment or without; others of vehicle, kind or segment are."""
    first = alarm(segment_id=segment_id)
    _keep(store, first)
    with store.begin() as c:
        assert not alarms.put(c, replace(first, id="a2"), None)
        assert alarms.put(c, replace(first, id="a3", vehicle="沪A00002"), None)
        assert alarms.put(c, replace(first, id="a4", kind="voice_broken"), None)
        assert alarms.put(c, replace(first, id="a5", segment_id="ramp-2"), None)
        found = alarms.open_of(c, first.vehicle, first.kind, segment_id)
        assert found == first
        assert alarms.put(c, replace(first, version=2, state=State.NORMAL), 1)
        assert alarms.open_of(c, first.vehicle, first.kind, segment_id) is None
        assert alarms.put(c, replace(first, id="a2"), None)


def test_the_database_itself_holds_one_open(store: Store) -> None:
    """The unique index refuses what goes past `put`."""
    _keep(store, alarm())
    with store.read() as c:
        row = c.execute(select(ALARMS)).mappings().one()
    with pytest.raises(IntegrityError), store.begin() as c:
        c.execute(ALARMS.insert(), {**row, "id": "a2", "content": alarm("a2")})


def test_one_that_is_over_does_not_come_back_beside_another(store: Store) -> None:
    """An alarm that is over opens again only while no other of its vehicle, kind and segment is open."""
    over = alarm(version=2, state=State.NORMAL)
    _keep(store, over, alarm("a2"))
    with store.begin() as c:
        assert not alarms.put(c, replace(over, version=3, state=State.UNACKNOWLEDGED), 2)
        assert alarms.put(c, replace(over, version=3, facts={"note": "still over"}), 2)
        assert alarms.put(c, alarm("a2", version=2, state=State.NORMAL), 1)
        assert alarms.put(c, replace(over, version=4, state=State.UNACKNOWLEDGED), 3)
    with store.read() as c:
        found = alarms.open_of(c, over.vehicle, over.kind, over.segment_id)
        assert found is not None and found.id == "a1"


def test_only_the_version_that_was_seen_is_replaced(store: Store) -> None:
    """Whoever has seen an older version, or none that is, writes nothing."""
    _keep(store, alarm())
    with store.begin() as c:
        assert alarms.put(c, alarm(version=2, acknowledged_by="lin"), 1)
        assert not alarms.put(c, alarm(version=2, acknowledged_by="wang"), 1)
        assert not alarms.put(c, alarm("nowhere", version=2), 1)
        assert not alarms.put(c, alarm(), None)
        found = alarms.find(c, "a1")
    assert found is not None and (found.version, found.acknowledged_by) == (2, "lin")


def test_a_version_goes_up(store: Store) -> None:
    """A change that keeps its version would let the next one pass unseen, and is refused."""
    _keep(store, alarm())
    with pytest.raises(ValueError, match="does not follow"), store.begin() as c:
        alarms.put(c, alarm(), 1)


def test_of_two_dispatchers_one_wins(store: Store, store_url: str) -> None:
    """Two who see the same version and act at once: one is written, the other told, in a hundred rounds."""
    two = [store, store if "sqlite" in store_url else open_store(store_url)]
    won: list[list[str]] = [[] for _ in range(100)]
    _keep(store, *(alarm(f"a{n}", vehicle=f"v{n}") for n in range(100)))
    together = threading.Barrier(2)

    def act(who: str, through: Store) -> None:
        for n in range(100):
            with through.read() as c:
                seen = alarms.find(c, f"a{n}")
            assert seen is not None
            together.wait(30)
            with through.begin() as c:
                if alarms.put(c, replace(seen, version=seen.version + 1, acknowledged_by=who), seen.version):
                    won[n].append(who)
            together.wait(30)

    threads = [threading.Thread(target=act, args=pair) for pair in zip(("lin", "wang"), two, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(who) for who in won] == [1] * 100
    with store.read() as c:
        found = [alarms.find(c, f"a{n}") for n in range(100)]
    assert [(one.version, [one.acknowledged_by]) for one in found if one] == [(2, who) for who in won]
    if two[1] is not store:
        two[1].close()


def test_of_two_that_raise_the_same_one_wins(store: Store, store_url: str) -> None:
    """Two who find no open alarm and raise one at once: one is written."""
    two = [store, store if "sqlite" in store_url else open_store(store_url)]
    won: list[str] = []
    together = threading.Barrier(2)

    def act(who: str, through: Store) -> None:
        for n in range(50):
            together.wait(30)
            with through.begin() as c:
                if alarms.put(c, alarm(f"{who}-{n}", vehicle=f"v{n}"), None):
                    won.append(f"v{n}")

    threads = [threading.Thread(target=act, args=pair) for pair in zip(("lin", "wang"), two, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(f"v{n}" for n in range(50))
    if two[1] is not store:
        two[1].close()


def test_the_list_is_of_a_carrier_and_of_states(store: Store) -> None:
    """Open ones of a carrier, those raised last first; nobody's are only in the list of all."""
    _keep(
        store,
        alarm("a1", vehicle="v1", raised_at=iso(T0)),
        alarm("a2", vehicle="v2", raised_at=iso(T0 + 2), carrier="south"),
        alarm("a3", vehicle="v3", raised_at=iso(T0 + 1), carrier=None, state=State.SHELVED),
        alarm("a4", vehicle="v4", raised_at=iso(T0 + 3), state=State.NORMAL),
    )
    with store.read() as c:
        assert [one.id for one in alarms.listed(c)] == ["a2", "a3", "a1"]
        assert [one.id for one in alarms.listed(c, "north")] == ["a1"]
        assert [one.id for one in alarms.listed(c, "nobody")] == []
        assert [one.id for one in alarms.listed(c, states=[State.NORMAL, State.SHELVED])] == ["a4", "a3"]
        assert alarms.listed(c, states=[]) == []


def test_the_list_has_pages(store: Store) -> None:
    """Page by page, each after the last of the one before, every alarm comes once, those of one moment too."""
    _keep(store, *(alarm(f"a{n}", vehicle=f"v{n}", raised_at=iso(T0 + n // 3)) for n in range(10)))
    seen: list[str] = []
    with store.read() as c:
        while page := alarms.listed(c, after=seen[-1] if seen else None, limit=4):
            seen += [one.id for one in page]
    assert seen == [f"a{n}" for n in reversed(range(10))]


def test_the_last_that_is_over_is_found(store: Store) -> None:
    """Of a vehicle's, kind's and segment's alarms that are over, the one raised last."""
    _keep(
        store,
        alarm("a1", state=State.NORMAL, raised_at=iso(T0)),
        alarm("a2", state=State.NORMAL, raised_at=iso(T0 + 2)),
        alarm("a3", state=State.NORMAL, raised_at=iso(T0 + 1)),
        alarm("a4", raised_at=iso(T0 + 3)),
        alarm("a5", state=State.NORMAL, raised_at=iso(T0 + 9), segment_id=None),
    )
    with store.read() as c:
        found = alarms.last_closed(c, "沪A00001", "speeding_goes_on", "ramp-1")
        assert found is not None and found.id == "a2"
        assert alarms.last_closed(c, "沪A00002", "speeding_goes_on", "ramp-1") is None


def test_a_segment_has_its_alarms(store: Store) -> None:
    """Of all carriers or one, those raised last first."""
    _keep(
        store,
        alarm("a1", vehicle="v1"),
        alarm("a2", vehicle="v2", carrier="south", raised_at=iso(T0 + 1)),
        alarm("a3", vehicle="v3", segment_id="ramp-2"),
    )
    with store.read() as c:
        assert [one.id for one in alarms.of_segment(c, "ramp-1")] == ["a2", "a1"]
        assert [one.id for one in alarms.of_segment(c, "ramp-1", carrier="north")] == ["a1"]


def test_the_shelf_tells_whose_time_is_over(store: Store) -> None:
    """Only shelved ones whose end has come, the earliest first; one unshelved since is not among them."""
    until = iso(T0 + MINUTE)
    _keep(
        store,
        alarm("a1", vehicle="v1", state=State.SHELVED, shelved_until=iso(T0 + 2 * MINUTE)),
        alarm("a2", vehicle="v2", state=State.SHELVED, shelved_until=until),
        alarm("a3", vehicle="v3", state=State.UNACKNOWLEDGED, shelved_until=until),
    )
    with store.read() as c:
        assert alarms.shelved_until(c, T0 + MINUTE - 1) == []
        assert [one.id for one in alarms.shelved_until(c, T0 + MINUTE)] == ["a2"]
        assert [one.id for one in alarms.shelved_until(c, T0 + 9 * MINUTE)] == ["a2", "a1"]


def test_false_alarms_are_counted_by_segment(store: Store) -> None:
    """By segment and reason, those with most first; what was no false alarm, or too long ago, does not count."""

    def said(what: str, reason: str | None = None) -> Disposition:
        return Disposition(what, reason, None, "lin", iso(T0))

    _keep(
        store,
        alarm("a1", vehicle="v1", disposition=said("false_alarm", "wrong_limit")),
        alarm("a2", vehicle="v2", disposition=said("false_alarm", "wrong_limit"), state=State.NORMAL),
        alarm("a3", vehicle="v3", disposition=said("false_alarm", "wrong_road"), carrier="south"),
        alarm("a4", vehicle="v4", disposition=said("called_driver")),
        alarm("a5", vehicle="v5", disposition=said("false_alarm"), segment_id=None, segment_name=None),
        alarm("a6", vehicle="v6", disposition=said("false_alarm", "wrong_limit"), raised_at=iso(T0 - 1)),
    )
    with store.read() as c:
        assert alarms.false_by_segment(c, T0) == [
            alarms.FalseAlarms("ramp-1", "出口匝道", 3, {"wrong_limit": 2, "wrong_road": 1}),
            alarms.FalseAlarms(None, None, 1, {"other": 1}),
        ]
        assert alarms.false_by_segment(c, T0, "south") == [
            alarms.FalseAlarms("ramp-1", "出口匝道", 1, {"wrong_road": 1})
        ]


def test_an_occasion_counts_once(store: Store) -> None:
    """The same occasion told again is known, also after the alarm is over; another alarm may have it too."""
    _keep(store, alarm("a1", vehicle="v1"), alarm("a2", vehicle="v2", raised_at=iso(T0 + 1)))
    with store.begin() as c:
        assert alarms.add_occasion(c, "a1", "e1")
        assert not alarms.add_occasion(c, "a1", "e1")
        assert alarms.add_occasion(c, "a1", "e2")
        assert alarms.add_occasion(c, "a2", "e1")
        assert alarms.put(c, alarm("a1", vehicle="v1", version=2, state=State.NORMAL), 1)
    with store.begin() as c:
        assert not alarms.add_occasion(c, "a1", "e1")
        assert [one.id for one in alarms.with_occasion(c, "e1")] == ["a2", "a1"]
        assert alarms.with_occasion(c, "e9") == []


def test_an_occasion_is_of_an_alarm(store: Store) -> None:
    """An occasion of an alarm that is not kept is refused by the database."""
    with pytest.raises(IntegrityError), store.begin() as c:
        alarms.add_occasion(c, "nowhere", "e1")
