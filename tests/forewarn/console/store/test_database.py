"""The store as a whole: opening, transactions, and what is refused."""

from __future__ import annotations

import signal
import threading
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from forewarn.console.store import Store, StoreError, engines, journal, offsets, open_store, sessions
from forewarn.console.store.tables import JOURNAL, OFFSETS
from tests.forewarn.console.making import T0
from tests.postgres import Postgres


def _offsets(store: Store) -> dict[tuple[str, int], int]:
    with store.read() as c:
        return offsets.of(c, "kafka")


def test_what_was_written_outlasts_closing(store_url: str) -> None:
    """A store that is closed and opened again has what was kept, and is not filled anew."""
    first = open_store(store_url)
    with first.begin() as c:
        offsets.put(c, "kafka", {("alerts", 0): 17})
    first.close()
    again = open_store(store_url)
    assert _offsets(again) == {("alerts", 0): 17}
    again.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    """An exception in the middle takes back all that its transaction wrote, and the next one works."""
    with pytest.raises(ZeroDivisionError), store.begin() as c:  # noqa: PT012  # a transaction of several statements
        offsets.put(c, "kafka", {("alerts", 0): 17})
        journal.append(c, at_ms=T0, who="engine", what="raised")
        _ = 1 / 0
    assert _offsets(store) == {}
    with store.begin() as c:
        assert journal.newest(c) == 0
        offsets.put(c, "kafka", {("alerts", 0): 1})
    assert _offsets(store) == {("alerts", 0): 1}


def test_a_statement_that_fails_leaves_nothing(store: Store) -> None:
    """The database's own refusal takes back what the transaction wrote before it."""
    with pytest.raises(SQLAlchemyError), store.begin() as c:  # noqa: PT012  # a transaction of several statements
        offsets.put(c, "kafka", {("alerts", 0): 17})
        c.execute(OFFSETS.insert(), {"source": "kafka", "topic": "alerts", "part": 0, "next": 18})
    assert _offsets(store) == {}


def test_who_reads_cannot_write(store: Store) -> None:
    """A reading transaction refuses to write, and the connection that it used may then write again."""
    for _ in range(engines.CONNECTIONS + 1):
        with pytest.raises((SQLAlchemyError, StoreError)), store.read() as c:
            offsets.put(c, "kafka", {("alerts", 0): 17})
    with store.begin() as c:
        offsets.put(c, "kafka", {("alerts", 0): 18})
    assert _offsets(store) == {("alerts", 0): 18}


def test_who_reads_sees_one_moment_and_waits_for_nobody(store: Store) -> None:
    """While a reader reads, a writer commits; the reader sees nothing of it, in any table, until it begins anew."""
    with store.read() as reader:
        assert journal.newest(reader) == 0
        with store.begin() as c:
            offsets.put(c, "kafka", {("alerts", 0): 17})
            journal.append(c, at_ms=T0, who="engine", what="raised")
        assert (journal.newest(reader), offsets.of(reader, "kafka")) == (0, {})
    with store.read() as reader:
        assert (journal.newest(reader), offsets.of(reader, "kafka")) == (1, {("alerts", 0): 17})


def test_who_writes_is_alone(store: Store) -> None:
    """What is read in a transaction that writes still holds when it writes: counting up by many threads loses none."""

    def count_up() -> None:
        for _ in range(25):
            with store.begin() as c:
                offsets.put(c, "kafka", {("alerts", 0): offsets.of(c, "kafka").get(("alerts", 0), 0) + 1})

    threads = [threading.Thread(target=count_up) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _offsets(store) == {("alerts", 0): 300}


def test_two_consoles_on_one_database_write_alone(postgres_url: str) -> None:
    """On PostgreSQL the turn is over all consoles: two of them count up together, and lose none."""
    consoles = [open_store(postgres_url), open_store(postgres_url)]

    def count_up(store: Store) -> None:
        for _ in range(50):
            with store.begin() as c:
                offsets.put(c, "kafka", {("alerts", 0): offsets.of(c, "kafka").get(("alerts", 0), 0) + 1})

    threads = [threading.Thread(target=count_up, args=(store,)) for store in consoles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _offsets(consoles[0]) == {("alerts", 0): 100}
    for store in consoles:
        store.close()


def test_one_console_is_at_something_longer_and_the_others_go_on(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All write meanwhile; who wants to be at it, too, has its turn after it, and is told where that does not come."""
    monkeypatch.setattr("forewarn.console.store.engines.BUSY_S", 1.0)
    one, other = open_store(postgres_url), open_store(postgres_url)
    with one.only_console():
        for number, store in enumerate((one, other), 1):
            with store.begin() as c:
                assert journal.append(c, at_ms=T0, who="engine", what="raised") == number
        with pytest.raises(StoreError), other.only_console():
            pass
    with other.only_console():
        pass
    for store in (one, other):
        store.close()


def test_a_console_that_hangs_at_something_longer_keeps_the_others_for_a_while(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the database ends its turn, as where its connection is gone, and it is told once it goes on."""
    monkeypatch.setattr("forewarn.console.store.database.ALONE_S", 0.2)
    one, other = open_store(postgres_url), open_store(postgres_url)
    with pytest.raises(StoreError), one.only_console(), other.only_console():
        pass
    for store in (one, other):
        store.close()


@pytest.mark.parametrize("inside", ["begin", "read"])
def test_who_waits_too_long_for_the_turn_is_told(store: Store, inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer, were it in the same thread, fails by name after the time to wait; a reader does not wait."""
    monkeypatch.setattr("forewarn.console.store.database.BUSY_S", 0.1)
    with store.begin():
        if inside == "read":
            with store.read() as c:
                assert journal.newest(c) == 0
        else:
            with pytest.raises(StoreError, match="busy"), store.begin():
                pass
    with store.begin() as c:
        assert journal.append(c, at_ms=T0, who="engine", what="raised")


def test_what_is_bound_is_in_no_message(store: Store) -> None:
    """The text of a database's error has no value that was bound to the statement, such as a hash."""
    with pytest.raises(IntegrityError) as caught, store.begin() as c:
        sessions.put(c, sessions.Kept("geheim", "nobody", T0, T0))
    assert "geheim" not in str(caught.value)


def test_a_server_that_ends_is_told_and_found_again(own_postgres: Postgres) -> None:
    """Where PostgreSQL ends and comes back, what runs meanwhile fails by name, and the same store then works."""
    store = open_store(own_postgres.new_database("console"))
    with store.begin() as c:
        journal.append(c, at_ms=T0, who="engine", what="raised")
    with pytest.raises(StoreError, match="postgresql"), store.begin() as c:  # noqa: PT012
        own_postgres.stop()
        journal.append(c, at_ms=T0, who="engine", what="lost")
    with pytest.raises(StoreError, match="postgresql"), store.read() as c:
        journal.newest(c)
    own_postgres.start()
    with store.begin() as c:
        assert journal.newest(c) == 1
    store.close()


def test_a_crash_keeps_what_was_kept(own_postgres: Postgres) -> None:
    """PostgreSQL that ends as in a crash has, when it is back, each transaction that had ended."""
    url = own_postgres.new_database("console")
    store = open_store(url)
    for n in range(20):
        with store.begin() as c:
            journal.append(c, at_ms=T0 + n, who="dispatcher", what="acknowledge")
    store.close()
    own_postgres.stop(signal.SIGQUIT)
    own_postgres.start()
    again = open_store(url)
    with again.read() as c:
        assert c.execute(select(func.count()).select_from(JOURNAL)).scalar_one() == 20
    again.close()


def test_many_threads_read_at_once(store: Store) -> None:
    """More readers than connections wait for one another, and none fails."""
    seen: list[int] = []

    def read() -> None:
        with store.read() as c:
            time.sleep(0.05)
            seen.append(journal.newest(c))

    threads = [threading.Thread(target=read) for _ in range(4 * engines.CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [0] * 4 * engines.CONNECTIONS
