"""The store as a whole: opening, transactions, and what is refused."""

from __future__ import annotations

import signal
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from forewarn.console.store import Store, StoreError, engines, journal, offsets, open_store, sessions, urls
from forewarn.console.store.tables import JOURNAL, OFFSETS
from forewarn.toml_config import BadConfigError
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


def test_a_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file, its log and its lock are made so that nobody else may read them, and one that others may is closed."""
    path = tmp_path / "console.db"
    store = open_store(f"sqlite:///{path}")
    with store.begin() as c:
        journal.append(c, at_ms=T0, who="engine", what="raised")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(["console.db", "console.db-shm", "console.db-wal", "console.db.lock"], 0o600)
    store.close()
    path.chmod(0o644)
    open_store(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sqlite_file_is_had_by_one_console(sqlite_url: str) -> None:
    """A second console is refused the file until the first one has closed it."""
    first = open_store(sqlite_url)
    with pytest.raises(BadConfigError, match=r"^console\.store: .*another console has it"):
        open_store(sqlite_url)
    first.close()
    open_store(sqlite_url).close()


def test_a_sqlite_file_is_written_ahead(sqlite_url: str) -> None:
    """Reading does not wait for writing (WAL), what is kept is synced, and foreign keys hold."""
    store = open_store(sqlite_url)
    with store.begin() as c:
        found = [
            c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]
    store.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("console.db", "is no URL of a store"),
        ("", "is no URL of a store"),
        ("mysql://u:geheim@host/db", "is of no known kind"),
        ("postgresql+asyncpg://u:geheim@host/db", "is of no known kind"),
        ("postgresql://u:geheim@host:not-a-port/db", "is no URL of a store"),
        ("sqlite://", "needs a file of its own"),
        ("sqlite:///:memory:", "needs a file of its own"),
        ("sqlite:///file:geheim?uri=true", "needs a file of its own"),
        ("sqlite:///console.db?mode=ro", "takes nothing but a file"),
        ("sqlite:////nowhere/at/all/console.db", "No such file or directory"),
        ("sqlite:////tmp", "cannot be opened: Is a directory"),
        ("sqlite:////dev/null", "is no file"),
        ("postgresql://u:geheim@127.0.0.1:1/db", "Connection refused"),
    ],
)
def test_what_cannot_be_opened_is_named_without_its_password(url: str, why: str) -> None:
    """A URL of no use is refused at the start under the setting's name; no password is in the message."""
    with pytest.raises(BadConfigError) as caught:
        open_store(url)
    assert str(caught.value).startswith("console.store: ")
    assert why in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:ge%40heim@host/db",
        "postgresql://u@host/db?password=ge%40heim",
        "postgresql://u:ge%40heim@host/db?sslpassword=ge%40heim2&sslmode=require",
    ],
)
def test_a_password_is_masked_wherever_it_stands(url: str) -> None:
    """Neither the name of the store nor what an error says of it has a password, however the URL gives it."""
    named = urls.Named(url)
    said = named.said(ValueError("cannot log\n  in with 'ge@heim'"))
    assert "heim" not in named.shown and "***" in named.shown
    assert said == "cannot log in with '***'"


def test_a_wrong_password_is_not_told(postgres: Postgres) -> None:
    """A server that refuses the password, and one that is asked for a database it has not, is told without it."""
    with pytest.raises(BadConfigError, match=r"console\.store: .*does not exist") as caught:
        open_store(f"postgresql://forewarn:geheim@/nowhere?host={postgres.folder}")
    assert "geheim" not in str(caught.value)


def test_what_is_bound_is_in_no_message(store: Store) -> None:
    """The text of a database's error has no value that was bound to the statement, such as a hash."""
    with pytest.raises(IntegrityError) as caught, store.begin() as c:
        sessions.put(c, sessions.Kept("geheim", "nobody", T0, T0))
    assert "geheim" not in str(caught.value)


def test_no_database_at_all_is_refused(tmp_path: Path) -> None:
    """A file that is something else is refused and left as it was."""
    path = tmp_path / "console.db"
    path.write_bytes(b"no database " * 100)
    with pytest.raises(BadConfigError, match="file is not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == b"no database " * 100


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """A SQLite file with tables of something else is refused, and nothing is added to it."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE prompts (id)")
    before = path.read_bytes()
    with pytest.raises(BadConfigError, match="tables of something else: prompts"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_another_programs_tables_are_not_taken(postgres_url: str) -> None:
    """A PostgreSQL database may be shared, but not where a table's name is taken already."""
    named = urls.Named(postgres_url)
    other = create_engine(named.url)
    with other.begin() as c:
        c.execute(text("CREATE TABLE lorries (id int)"))
    open_store(postgres_url).close()
    with other.begin() as c:
        c.execute(text("DROP TABLE forewarn_console_version"))
    with pytest.raises(BadConfigError, match="tables of something else"):
        open_store(postgres_url)
    other.dispose()


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
