"""One engine a kind of database: how its connections are set up, and how its transactions begin."""

from __future__ import annotations

import importlib.util
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event

from forewarn.console.store.columns import from_json, to_json
from forewarn.console.store.urls import Named

BUSY_S: Final = 10.0
"""So long a transaction waits for its turn; then it fails."""
IDLE_S: Final = 60
"""So long PostgreSQL lets a transaction stand that does nothing, its console hung; then the others go on without it."""
CONNECT_S: Final = 5
CONNECTIONS: Final = 8
"""That read, and on PostgreSQL those that write as well."""
CACHE_KIB: Final = 4_096
"""Of SQLite, a connection that reads."""
WRITING_CACHE_KIB: Final = 65_536
"""Of the one that writes: a page for each of 10,000 vehicles, whose next fix goes onto it."""
LOG_MOST_BYTES: Final = 64 << 20
"""So much of SQLite's log stays on disk after a large transaction."""

_COMMON: Final[dict[str, Any]] = {
    "pool_size": CONNECTIONS,
    "max_overflow": 0,
    "pool_timeout": BUSY_S,
    "hide_parameters": True,  # an exception's text must not have what was bound: hashes, names, texts
    "json_serializer": to_json,
    "json_deserializer": from_json,
}


class MissingError(Exception):
    """Software that this kind of database needs is not installed; the message says how to get it."""


class Engines(NamedTuple):
    """Of one database: for transactions that only read, and for those that write."""

    reads: Engine
    writes: Engine

    def dispose(self) -> None:
        """Close all connections."""
        for engine in self:
            engine.dispose()


def opened(named: Named) -> Engines:
    """Return the engines of a database, which connect when they are needed; raises MissingError without its driver.

    Of SQLite's connections one does all that writes: each forgets its pages as soon as another has written.
    """
    if named.is_sqlite:
        return Engines(_sqlite(named, writes=False), _sqlite(named, writes=True))
    engine = _postgresql(named)
    return Engines(engine, engine)


def _sqlite(named: Named, *, writes: bool) -> Engine:
    common = _COMMON | {"pool_size": 1} if writes else _COMMON
    engine = create_engine(named.url, connect_args={"timeout": BUSY_S, "check_same_thread": False}, **common)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None  # sqlite3 would begin transactions where it sees fit
        for pragma in (
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "synchronous = FULL",  # what a dispatcher has done outlasts a loss of power
            f"cache_size = -{WRITING_CACHE_KIB if writes else CACHE_KIB}",
            f"journal_size_limit = {LOG_MOST_BYTES}",
            f"query_only = {int(not writes)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(c: Connection) -> None:
        c.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def write_ahead(engine: Engine) -> None:
    """Have a SQLite file written ahead, so that who reads does not wait for who writes; the file remembers it."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.close()
    finally:
        connection.close()


def _postgresql(named: Named) -> Engine:
    if importlib.util.find_spec("psycopg") is None:
        raise MissingError("PostgreSQL needs the extra `postgres`: pip install 'forewarn[postgres]'")
    engine = create_engine(
        named.url,
        connect_args={"connect_timeout": CONNECT_S, "application_name": "forewarn console"},
        isolation_level="READ COMMITTED",  # a server's other default would read from before its turn had come
        pool_pre_ping=True,
        **_COMMON,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = '{BUSY_S:.0f}s'")
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_S}s'")
        cursor.close()
        connection.commit()

    return engine


def reading(c: Connection) -> Connection:
    """Return the connection, its next transaction one that sees one moment and can write nothing."""
    if c.dialect.name == "postgresql":
        return c.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return c
