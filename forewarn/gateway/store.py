"""What must outlast the process, in one SQLite file: written by a thread of its own, many statements a transaction.

Whoever writes is told when it is on disk, and acts only then: a code is sent to a terminal, a text to a driver, an
acknowledgement for a position only after that. One process has the file at a time: two would send each prompt twice.
"""

from __future__ import annotations

import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog

log: Final = structlog.get_logger()
VERSION: Final = 1
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS terminals (
  phone TEXT PRIMARY KEY, code_hash BLOB NOT NULL, terminal_id TEXT NOT NULL, driver TEXT,
  registered_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS prompts (
  alert_id TEXT NOT NULL, seq INTEGER NOT NULL, vehicle TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,
  priority INTEGER NOT NULL, due_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, sent_ms INTEGER,
  PRIMARY KEY (alert_id, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS outcomes (
  number INTEGER PRIMARY KEY, vehicle TEXT NOT NULL, record BLOB NOT NULL, published INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS unpublished ON outcomes (number) WHERE published = 0;
CREATE TABLE IF NOT EXISTS offsets (topic TEXT NOT NULL, part INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (topic, part)) STRICT;
CREATE TABLE IF NOT EXISTS positions (number INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, vehicle TEXT NOT NULL,
  record BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
"""
AGAIN_S: Final = 1.0
"""So long after a failure (a full disk) the same is written again."""
BUSY_S: Final = 1.0
"""So long is another program waited for that holds the file; then that is a failure."""
MOST_AT_ONCE: Final = 2_000

Statement = tuple[str, tuple[Any, ...]]


class StoreError(Exception):
    """A store that cannot be used; the message names the file and what to do."""


class _Job(NamedTuple):
    """Statements that are written together, and who is told of it."""

    statements: tuple[Statement, ...]
    done: Callable[[], None] | None = None
    changed: Callable[[int], None] | None = None
    """Is told how many rows the last statement changed."""


class Store:
    """The file, and the thread that writes it."""

    def __init__(
        self, path: Path, call: Callable[[Callable[[], None]], Any], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Open or make the file; raises StoreError.

        ``call`` lets a function be called on the thread of who writes. ``failed`` is told there of an error after which
        nothing is written any more; what goes by itself, as a full disk does, is waited for.
        """
        self._path = path
        self._call, self._failed = call, failed
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._ending = threading.Event()
        self.why = ""
        """Why what is to be written waits; empty where it does not."""
        self._lock = _locked(path)
        try:
            self._reader, self._writer = _opened(path), _opened(path)
            self._reader.executescript(SCHEMA)
            self._reader.execute(f"PRAGMA user_version = {VERSION}")
        except (sqlite3.Error, StoreError) as error:
            self._lock.close()
            raise _said(path, error) from error
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def rows(self, sql: str, given: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds, at once: for the start only; raises StoreError."""
        try:
            return self._reader.execute(sql, given).fetchall()
        except sqlite3.Error as error:
            raise _said(self._path, error) from error

    def write(self, *statements: Statement, done: Callable[[], None] | None = None) -> None:
        """Have statements written, together and in order; ``done`` is called once they are on disk."""
        self._queue.put(_Job(statements, done))

    def change(self, statement: Statement, changed: Callable[[int], None]) -> None:
        """Have a statement written; ``changed`` is told, once it is on disk, how many rows it changed."""
        self._queue.put(_Job((statement,), changed=changed))

    @property
    def alive(self) -> bool:
        """Tell whether it still writes, or waits for when it can."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Write what waits, and close the file; what cannot be written now is given up, and nobody was told it was."""
        self._ending.set()
        self._queue.put(None)
        self._thread.join()
        self._writer.close()
        self._reader.close()
        self._lock.close()

    def _run(self) -> None:
        try:
            self._write()
        except Exception as error:  # whatever it is, nothing is written from here on, and that must be known
            self.why = f"{type(error).__name__}: {error}"
            log.exception("store_failed", file=str(self._path))
            if self._failed is not None:
                self._call(partial(self._failed, error))

    def _write(self) -> None:
        ended = False
        while not ended:
            jobs = [self._queue.get()]
            while len(jobs) < MOST_AT_ONCE and jobs[-1] is not None and not self._queue.empty():
                jobs.append(self._queue.get())
            ended = jobs[-1] is None
            work = [job for job in jobs if job is not None]
            while (changed := self._stored(work)) is None:
                if self._ending.is_set():
                    log.error("not_stored_at_end", file=str(self._path), why=self.why, jobs=len(work))
                    return
                self._ending.wait(AGAIN_S)
            told = [job.done for job in work if job.done is not None]
            told += [partial(j.changed, n) for j, n in zip(work, changed, strict=True) if j.changed is not None]
            if told:
                self._call(partial(_all, told))

    def _stored(self, work: list[_Job]) -> list[int] | None:
        """Write in one transaction; returns how many rows each job's last statement changed, None where it failed."""
        connection, changed = self._writer, []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in work:
                count = 0
                for sql, given in job.statements:
                    count = connection.execute(sql, given).rowcount
                changed.append(count)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not self.why:
                log.error("not_stored", file=str(self._path), why=str(error), jobs=len(work))
            self.why = str(error)
            return None
        if self.why:
            self.why = ""
            log.info("stored_again", file=str(self._path))
        return changed


def amend(path: Path, statement: Statement) -> int:
    """Change the store of a gateway that may be running; returns how many rows were changed. Raises StoreError."""
    if not path.is_file():
        raise StoreError(f"{path} is not there")
    try:
        connection = _opened(path)
        changed = connection.execute(*statement).rowcount
        connection.close()
    except sqlite3.Error as error:
        raise _said(path, error) from error
    return changed


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, VERSION):
        connection.close()
        raise StoreError(f"{path}: is of version {found}, not {VERSION}; move it away to begin anew")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _locked(path: Path) -> Any:
    """Return the file that only one process can lock: the database itself is free for whoever reads it."""
    try:
        file = Path(f"{path}.lock").open("ab")  # noqa: SIM115  # held open for as long as the store is
    except OSError as error:
        raise _said(path, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise StoreError(f"{path}: another gateway has it") from error
    return file


def _said(path: Path, error: Exception) -> StoreError:
    return error if isinstance(error, StoreError) else StoreError(f"{path}: cannot be used: {error}")


def _all(told: list[Callable[[], None]]) -> None:
    for done in told:
        done()
