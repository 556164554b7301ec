"""The database: opened, brought to the newest schema, and transactions over it.

A transaction that writes is alone: SQLite knows no other way, and on PostgreSQL each takes its turn by one advisory
lock. So what is read in a transaction still holds when it writes, the journal's numbers are seen in the order in which
they were given, and two consoles cannot lock each other out. Keep them short.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from forewarn.console.store import engines, files, schema, urls
from forewarn.console.store.engines import BUSY_S, Engines
from forewarn.toml_config import BadConfigError

KEY: Final = "console.store"
TURN: Final = 0x464F5245
"""The advisory lock, in PostgreSQL, of who writes."""
ALONE: Final = TURN + 1
"""That of the one console that is at something longer."""
ALONE_S: Final = 600.0
"""So long it may be at it, then it is taken to hang; the others go on without it."""


class StoreError(Exception):
    """The store does not answer just now, and nothing was written; the message names it without its password."""


class Store:
    """The database; its methods may be called from several threads."""

    def __init__(self, of: Engines, named: urls.Named, lock: IO[bytes] | None) -> None:
        """Of engines whose schema is the newest; ``open_store`` makes it."""
        self._engines, self._named, self._lock = of, named, lock
        self._turn = threading.Lock()

    @property
    def url(self) -> str:
        """Where it is, without a password: for messages."""
        return self._named.shown

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give the connection of a transaction that writes: all of it is kept at the end, nothing after an exception.

        Only one runs at a time, over all consoles; do not nest them. Raises StoreError where its turn does not come
        within ``BUSY_S``, or the database does not answer.
        """
        with self._told(), self._one_at_a_time(), self._engines.writes.begin() as c:
            if c.dialect.name == "postgresql":
                c.execute(select(func.pg_advisory_xact_lock(TURN)))
            yield c

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give the connection of a transaction that only reads, all of it at one moment; what writes is refused.

        Does not wait for who writes. Raises StoreError where the database does not answer.
        """
        with self._told(), self._engines.reads.connect() as c, engines.reading(c).begin():
            yield c

    @contextmanager
    def only_console(self) -> Iterator[None]:
        """Be the only one, of the consoles that share the store, at what takes longer than a transaction may.

        All of them go on to read and write meanwhile. It is over with the console that is at it, however that ends.
        Threads of one console are not kept apart. Raises StoreError where its turn does not come within ``BUSY_S``, or
        the database does not answer.
        """
        if self._named.is_sqlite:  # its file has one console
            yield
            return
        with self._told(), self._engines.writes.begin() as c:
            c.execute(select(func.set_config("idle_in_transaction_session_timeout", f"{ALONE_S * 1000:.0f}", True)))
            c.execute(select(func.pg_advisory_xact_lock(ALONE)))
            yield

    def close(self) -> None:
        """Close all connections, and let another console have the file."""
        self._engines.dispose()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        # threads of one process wait in turn here; SQLite's own waiting is by chance, and takes a connection each
        if not self._turn.acquire(timeout=BUSY_S):
            raise StoreError(f"{self.url}: busy for {BUSY_S:.0f} s")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, InternalError, NoConnectionError) as error:
            raise StoreError(f"{self.url}: {self._named.said(error)}") from error


def open_to_read(url: str) -> Store:
    """Open a store beside the console that has it, as it is, for transactions that read; raises BadConfigError."""
    try:
        named = urls.Named(url)
        return Store(engines.opened(named), named, None)
    except (urls.UrlError, engines.MissingError) as error:
        raise BadConfigError(f"{KEY}: {error}") from error


def open_store(url: str) -> Store:
    """Open the store that a URL names and bring it to the newest schema; an empty one is filled.

    ``sqlite:///FILE`` (made where it is not there, readable by its owner alone, for one console at a time) or
    ``postgresql://USER:PASSWORD@HOST/DATABASE``, whose password may as well stand where libpq looks for it
    (``PGPASSWORD``, ``~/.pgpass``).

    Raises BadConfigError, naming ``console.store``, for what is no such URL, cannot be opened, is another program's, in
    use by another console, or written by a newer version of the software. No message ever has the password.
    """
    try:
        named = urls.Named(url)
    except urls.UrlError as error:
        raise BadConfigError(f"{KEY}: {error}") from error
    lock: IO[bytes] | None = None
    opened: Engines | None = None
    try:
        if named.is_sqlite:
            lock = files.taken(named.path)
        opened = engines.opened(named)
        store = Store(opened, named, lock)
        with store.begin() as c:
            schema.migrate(c)
        if named.is_sqlite:
            engines.write_ahead(opened.writes)
    except (files.FileError, schema.SchemaError, engines.MissingError, StoreError, SQLAlchemyError) as error:
        if opened is not None:
            opened.dispose()
        if lock is not None:
            lock.close()
        said = str(error) if isinstance(error, StoreError) else f"{named.shown}: {named.said(error)}"
        raise BadConfigError(f"{KEY}: {said}") from error
    return store
