"""The journal: append-only, and read in order without a gap."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from forewarn.console.store import Store, alarms, journal, open_store
from tests.forewarn.console.making import T0, alarm


def _append(store: Store, *what: str, **fields: str) -> list[int]:
    with store.begin() as c:
        return [journal.append(c, at_ms=T0 + n, who="lin", what=one, **fields) for n, one in enumerate(what)]


def test_an_entry_comes_back_as_it_was(store: Store) -> None:
    """All that an entry says is read as it was written; what is not given is null, and facts are then empty."""
    facts = {"reason": "维修'); --", "minutes": 30, "none": None, "nested": [{"a": 1.5}]}
    with store.begin() as c:
        first = journal.append(
            c, at_ms=T0, who="lin", what="shelve", alarm_id="a1", vehicle="沪A1", carrier="north", facts=facts
        )
        second = journal.append(c, at_ms=T0 + 1, who="engine", what="begin")
        assert journal.newest(c) == second
    with store.read() as c:
        assert journal.since(c, 0) == [
            journal.Entry(first, T0, "lin", "shelve", "a1", "沪A1", "north", facts),
            journal.Entry(second, T0 + 1, "engine", "begin", None, None, None, {}),
        ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET who = 'wang'",
        "UPDATE journal SET number = number + 1",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE number = 1",
    ],
)
def test_an_entry_is_for_good(store: Store, statement: str) -> None:
    """The database refuses to change or remove an entry."""
    _append(store, "acknowledge", "shelve")
    with pytest.raises(SQLAlchemyError), store.begin() as c:
        c.execute(text(statement))
    with store.read() as c:
        assert [entry.who for entry in journal.since(c, 0)] == ["lin", "lin"]


def test_an_entry_is_not_replaced(sqlite_url: str) -> None:
    """SQLite's own ways around a trigger are closed: INSERT OR REPLACE, and an upsert."""
    store = open_store(sqlite_url)
    _append(store, "acknowledge")
    for statement in (
        "INSERT OR REPLACE INTO journal VALUES (1, 0, 'wang', 'x', NULL, NULL, NULL, '{}')",
        "INSERT INTO journal VALUES (1, 0, 'wang', 'x', NULL, NULL, NULL, '{}') "
        "ON CONFLICT (number) DO UPDATE SET who = 'wang'",
    ):
        with pytest.raises(IntegrityError, match="new entries only"), store.begin() as c:
            c.execute(text(statement))
    with store.read() as c:
        assert [entry.who for entry in journal.since(c, 0)] == ["lin"]
    store.close()


def test_the_journal_is_not_emptied(postgres_url: str) -> None:
    """PostgreSQL's own ways are closed: TRUNCATE, and a number of one's own."""
    store = open_store(postgres_url)
    _append(store, "acknowledge")
    for statement in (
        "TRUNCATE journal",
        "TRUNCATE alarms, journal CASCADE",
        "INSERT INTO journal VALUES (1, 0, 'wang', 'x', NULL, NULL, NULL, '{}')",
    ):
        with pytest.raises(SQLAlchemyError), store.begin() as c:
            c.execute(text(statement))
    with store.read() as c:
        assert [entry.who for entry in journal.since(c, 0)] == ["lin"]
    store.close()


def test_who_goes_on_reads_each_entry_once(store: Store) -> None:
    """By number, in portions; of one carrier only what is its own, and nothing that is nobody's."""
    numbers = _append(store, "a", "b", carrier="north") + _append(store, "c", carrier="south") + _append(store, "d")
    assert numbers == sorted(set(numbers))
    with store.read() as c:
        assert [entry.what for entry in journal.since(c, 0, limit=2)] == ["a", "b"]
        assert [entry.what for entry in journal.since(c, numbers[1])] == ["c", "d"]
        assert [entry.what for entry in journal.since(c, 0, carrier="south")] == ["c"]
        assert journal.since(c, numbers[-1]) == []
        assert journal.newest(c) == numbers[-1]


def test_an_alarm_has_its_entries(store: Store) -> None:
    """What was done about one alarm, in order, and nothing of another."""
    _append(store, "begin", "acknowledge", alarm_id="a1")
    _append(store, "begin", alarm_id="a2")
    with store.read() as c:
        assert [entry.what for entry in journal.of_alarm(c, "a1")] == ["begin", "acknowledge"]


def test_a_time_is_read_in_portions(store: Store) -> None:
    """An export's portions, each after the last number of the one before, give all of a time, its end excluded."""
    _append(store, *(f"w{n}" for n in range(10)))
    seen: list[journal.Entry] = []
    with store.read() as c:
        while page := journal.between(c, T0 + 2, T0 + 8, after=seen[-1].number if seen else 0, limit=4):
            seen += page
        assert journal.between(c, T0, T0 + 9, carrier="north") == []
    assert [entry.what for entry in seen] == [f"w{n}" for n in range(2, 8)]


def test_a_time_is_looked_through_backwards(store: Store) -> None:
    """Page by page before the last number of the one before, the newest first, of one carrier or of all."""
    _append(store, *(f"w{n}" for n in range(6)), carrier="north")
    _append(store, "s", carrier="south")
    with store.read() as c:
        first = journal.page(c, T0 + 1, T0 + 5, limit=3, carrier="north")
        rest = journal.page(c, T0 + 1, T0 + 5, before=first[-1].entry.number, limit=3, carrier="north")
        assert [one.entry.what for one in first + rest] == ["w4", "w3", "w2", "w1"]
        assert [one.entry.what for one in journal.page(c, T0, T0 + 1)] == ["s", "w0"]


def test_a_text_is_found_in_names_and_words(store: Store) -> None:
    """Whoever it was, what was said, what it was about, and what names mean; a sign of patterns is itself."""
    with store.begin() as c:
        assert alarms.put(c, alarm("a1", vehicle="沪A1", segment_id="ramp-1"), None)
        for n, (what, facts) in enumerate(
            (("shelve", {"reason": "In the WORKSHOP 100%"}), ("dispose", {"what": "no_answer", "note": "已联系"}))
        ):
            journal.append(
                c, at_ms=T0 + n, who="lin", what=what, alarm_id="a1", vehicle="沪A1", carrier="north", facts=facts
            )
        journal.append(c, at_ms=T0 + 9, who="wang", what="logged_in", facts={"address": "10.0.0.7"})

    def found(text: str, *names: str) -> list[str]:
        with store.read() as c:
            newest_first = [one.entry.what for one in journal.page(c, T0, T0 + 10, text=text, names=names)]
            in_order = [one.what for one in journal.between(c, T0, T0 + 10, text=text, names=names)]
        assert in_order == newest_first[::-1]
        return newest_first

    assert found("workshop") == found("100%") == ["shelve"] and found("0.0.") == ["logged_in"]
    assert found("已联") == ["dispose"] and found("沪a") == found("RAMP") == ["dispose", "shelve"]
    assert found("%%") == found("_") == found("state") == found("\x00") == []
    assert found("?", "shelve") == ["shelve"] and found("?", "no_answer") == ["dispose"]
    assert found("?", "speeding_goes_on") == ["dispose", "shelve"] and found("") == ["logged_in", "dispose", "shelve"]
    with store.read() as c:
        kinds = [(one.kind, one.segment_id) for one in journal.page(c, T0, T0 + 10)]
    assert kinds == [(None, None), ("speeding_goes_on", "ramp-1"), ("speeding_goes_on", "ramp-1")]


def test_no_text_keeps_the_journal_from_being_searched(store: Store) -> None:
    """A U+0000, in what was said or in what is looked for, is one sign that stands for it: both are found by it."""
    facts = {"reason": "a\x00b", "what": "no\x00", "x": ["\x00"]}
    with store.begin() as c:
        journal.append(c, at_ms=T0, who="lin", what="shelve", facts=facts)
    with store.read() as c:
        for text, names in (("a\x00b", []), ("a\ufffdb", []), ("?", ["\x00", "no\x00"])):
            (found,) = journal.page(c, T0, T0 + 1, text=text, names=names)
            assert found.entry.facts == {"reason": "a\ufffdb", "what": "no\ufffd", "x": ["\ufffd"]}
        assert journal.page(c, T0, T0 + 1, text="?", names=["\x00"]) == []


def test_a_reader_that_goes_on_skips_nothing(store: Store, store_url: str) -> None:
    """Two consoles write and one reads on from the last number seen: it sees each entry once, in order."""
    others = [store, store] if "sqlite" in store_url else [open_store(store_url), open_store(store_url)]
    writing = threading.Event()
    writing.set()
    written: list[int] = []

    def write(through: Store, who: str) -> None:
        for n in range(150):
            with through.begin() as c:
                number = journal.append(c, at_ms=T0 + n, who=who, what="x")
                if n % 7 == 0:
                    journal.append(c, at_ms=T0 + n, who=who, what="y")
                    number += 1
            written.append(number)

    threads = [threading.Thread(target=write, args=(s, f"w{n}")) for n, s in enumerate(others)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    while True:
        alive = any(thread.is_alive() for thread in threads)
        with store.read() as c:
            fresh = [entry.number for entry in journal.since(c, seen[-1] if seen else 0)]
        seen += fresh
        if not alive and not fresh:
            break
    with store.read() as c:
        everything = [entry.number for entry in journal.since(c, 0, limit=10_000)]
    assert len(everything) == 2 * (150 + 22)
    assert seen == everything
    for other in others:
        if other is not store:
            other.close()


def test_a_slow_writer_holds_the_numbers_after_its_own(postgres_url: str) -> None:
    """On PostgreSQL a number is given only when those before it can be seen: the second writer waits for the first."""
    first, second = open_store(postgres_url), open_store(postgres_url)
    done = threading.Event()

    def write() -> None:
        with second.begin() as c:
            journal.append(c, at_ms=T0, who="second", what="x")
        done.set()

    with first.begin() as c:
        journal.append(c, at_ms=T0, who="first", what="x")
        thread = threading.Thread(target=write)
        thread.start()
        assert not done.wait(0.3)
        with first.read() as reader:
            assert journal.since(reader, 0) == []
    thread.join()
    with first.read() as reader:
        assert [entry.who for entry in journal.since(reader, 0)] == ["first", "second"]
    first.close()
    second.close()
