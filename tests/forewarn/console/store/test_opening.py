"""Opening a store: whose a file is, and what is refused, without a password in any message."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from forewarn.console.store import journal, open_store, urls
from forewarn.toml_config import BadConfigError
from tests.forewarn.console.making import T0
from tests.postgres import Postgres


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
