"""What must outlast the process, in one SQLite file: written by a thread of its own, many statements a transaction.

Whoever writes is told when it is on disk, and acts only then: a code is sent to a terminal, a text to a driver, an
acknowledgement for a position only after that.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

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
MOST_AT_ONCE: Final = 2_000

Statement = tuple[str, tuple[Any, ...]]
Job = tuple[tuple[Statement, ...], Callable[[], None] | None]


class StoreError(Exception):
    """A store that cannot be used; the message names the file and what to do."""


class Store:
    """The file, and the thread that writes it."""

    def __init__(self, path: Path, call: Callable[[Callable[[], None]], Any]) -> None:
        """Open or make the file; ``call`` lets a function be called on the thread of who writes. Raises StoreError."""
        self._path = path
        self._call = call
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        try:
            self._reader = self._open()
            found = self._reader.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, VERSION):
                raise StoreError(f"{path}: is of version {found}, not {VERSION}; move it away to begin anew")
            self._reader.executescript(SCHEMA)
            self._reader.execute(f"PRAGMA user_version = {VERSION}")
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot be used: {error}") from error
        self._thread = threading.Thread(target=self._write, name="store", daemon=True)
        self._thread.start()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10.0, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def rows(self, sql: str, given: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds; raises StoreError."""
        try:
            return self._reader.execute(sql, given).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

    def write(self, *statements: Statement, done: Callable[[], None] | None = None) -> None:
        """Have statements written, together and in order; ``done`` is called once they are on disk."""
        self._queue.put((statements, done))

    @property
    def alive(self) -> bool:
        """Tell whether it still writes."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._queue.put(None)
        self._thread.join()
        self._reader.close()

    def _write(self) -> None:
        connection = self._open()
        failing = False
        ended = False
        while not ended:
            jobs = [self._queue.get()]
            while len(jobs) < MOST_AT_ONCE and jobs[-1] is not None and not self._queue.empty():
                jobs.append(self._queue.get())
            ended = jobs[-1] is None
            work = [job for job in jobs if job is not None]
            while work:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    for statements, _ in work:
                        for sql, given in statements:
                            connection.execute(sql, given)
                    connection.execute("COMMIT")
                    break
                except sqlite3.OperationalError as error:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    if not failing:
                        log.error("not_stored", file=str(self._path), why=str(error), statements=len(work))
                    failing = True
                    threading.Event().wait(AGAIN_S)
            if failing and work:
                failing = False
                log.info("stored_again", file=str(self._path))
            told = [done for _, done in work if done is not None]
            if told:
                self._call(partial(_all, told))
        connection.close()


def _all(told: list[Callable[[], None]]) -> None:
    for done in told:
        done()
