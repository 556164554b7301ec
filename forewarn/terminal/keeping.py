"""What outlives a loss of power: one SQLite file, written whole or not at all, and synced before it counts.

In it stand the state of engine and screen, the prompts that are not settled yet, and the newest records. State and the
prompts that follow from it are one transaction, written before a prompt is handed to the voice; that one begins is
written before it sounds. So nothing is said twice: what waited is said after a restart if it is still in time, and
of what had begun nobody knows whether it was heard.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from xxhash import xxh3_64_hexdigest

from forewarn.toml_config import BadConfigError

SCHEMA: Final = 1
"""``user_version`` of the file; another one is another software's."""
TABLES: Final = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1), fix_ms INTEGER NOT NULL, digest TEXT NOT NULL, content BLOB NOT NULL
);
CREATE TABLE prompt (
  alert_id TEXT, seq INTEGER, begun INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (alert_id, seq)
) WITHOUT ROWID;
CREATE TABLE record (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, content BLOB NOT NULL);
"""
NAME: Final = "state.db"


class Pending(msgspec.Struct, frozen=True):
    """A prompt that is not settled yet; times are UTC epoch milliseconds."""

    alert_id: str
    seq: int
    text: str
    language: str
    priority: int
    speak_at_ms: int
    expires_at_ms: int
    key: str
    about: str | None
    by: str


class Keeper:
    """The file; its methods may be called from several threads. What cannot be written is reported, and not raised."""

    def __init__(self, folder: Path, say: Callable[[str, str], None], keep_records: int = 20_000) -> None:
        """Open it, anew where there is none or where it is damaged; then that one is put aside.

        Where the disk takes nothing, it is kept in memory alone. ``say`` takes a name and words for what goes wrong.
        Raises BadConfigError where another terminal has the folder.
        """
        self.path = folder / NAME
        self.fault: str | None = None
        """Why the last writing failed; None where it did not."""
        self._say = say
        self._keep = keep_records
        self._lock = threading.Lock()
        self._mine = _locked(folder)
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            try:
                return _opened(self.path)
            except sqlite3.OperationalError:
                raise
            except (sqlite3.DatabaseError, _RefusedError) as error:
                aside = _put_aside(self.path)
                self._say("state_refused", f"{self.path}: {error}; put aside as {aside.name}, and begun anew")
                return _opened(self.path)
        except (sqlite3.OperationalError, OSError) as error:
            self._wrote(f"{error}; kept in memory alone")
            return _opened(":memory:")

    def fact(self, name: str) -> str | None:
        """Return what was noted under a name."""
        row = self._one("SELECT value FROM fact WHERE name = ?", name)
        return None if row is None else str(row[0])

    def note(self, **facts: str | None) -> None:
        """Note facts by name; None strikes one out."""
        with self._writing() as db:
            for name, value in facts.items():
                if value is None:
                    db.execute("DELETE FROM fact WHERE name = ?", (name,))
                else:
                    db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def state(self) -> tuple[int, bytes] | None:
        """Return the time of the newest fix and the state; None where there is none, or another than was written."""
        row = self._one("SELECT fix_ms, digest, content FROM state")
        if row is None:
            return None
        if xxh3_64_hexdigest(row[2]) != row[1]:
            self._say("state_refused", f"{self.path}: the state is not the one that was written; begun anew")
            self.forget_state()
            return None
        return int(row[0]), bytes(row[2])

    def forget_state(self) -> None:
        """Strike the state out, that is of no use."""
        with self._writing() as db:
            db.execute("DELETE FROM state")

    def keep(
        self,
        fix_ms: int,
        state: bytes,
        records: Iterable[tuple[str, bytes]] = (),
        prompts: Iterable[Pending] = (),
        **facts: str,
    ) -> None:
        """Write state, records (kind and JSON), prompts and facts, all or nothing."""
        with self._writing() as db:
            row = (fix_ms, xxh3_64_hexdigest(state), state)
            db.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)", row)
            for name, value in facts.items():
                db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))
            self._add(db, records)
            for prompt in prompts:
                self._insert(db, prompt)

    def waits(self, prompt: Pending) -> None:
        """Write a prompt that waits to be spoken."""
        with self._writing() as db:
            self._insert(db, prompt)

    def begins(self, alert_id: str, seq: int) -> None:
        """Write that a prompt is about to sound."""
        with self._writing() as db:
            db.execute("UPDATE prompt SET begun = 1 WHERE alert_id = ? AND seq = ?", (alert_id, seq))

    def settled(self, outcomes: Iterable[tuple[str, int, bytes]]) -> None:
        """Write outcomes: the prompt's alert and seq, and the record."""
        with self._writing() as db:
            for alert_id, seq, record in outcomes:
                db.execute("DELETE FROM prompt WHERE alert_id = ? AND seq = ?", (alert_id, seq))
                self._add(db, [("outcome", record)])

    def unsettled(self) -> tuple[list[Pending], list[Pending]]:
        """Return the prompts that wait, and those that had begun to sound, of an earlier run."""
        with self._lock:
            rows = self._db.execute("SELECT begun, content FROM prompt ORDER BY alert_id, seq").fetchall()
        read = [(bool(begun), msgspec.json.decode(content, type=Pending)) for begun, content in rows]
        return [p for begun, p in read if not begun], [p for begun, p in read if begun]

    def records(self, kind: str) -> list[bytes]:
        """Return the records of a kind that are kept, the oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT content FROM record WHERE kind = ? ORDER BY number", (kind,)).fetchall()
        return [bytes(row[0]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
            if self._mine is not None:
                os.close(self._mine)

    def _insert(self, db: sqlite3.Connection, prompt: Pending) -> None:
        row = (prompt.alert_id, prompt.seq, msgspec.json.encode(prompt))
        db.execute("INSERT OR REPLACE INTO prompt VALUES (?, ?, 0, ?)", row)

    def _add(self, db: sqlite3.Connection, records: Iterable[tuple[str, bytes]]) -> None:
        before = db.total_changes
        db.executemany("INSERT INTO record (kind, content) VALUES (?, ?)", records)
        if db.total_changes > before:
            db.execute("DELETE FROM record WHERE number <= (SELECT max(number) FROM record) - ?", (self._keep,))

    def _one(self, query: str, *values: str) -> Any:
        with self._lock:
            return self._db.execute(query, values).fetchone()

    def _writing(self) -> _Writing:
        return _Writing(self._db, self._lock, self._wrote)

    def _wrote(self, fault: str | None) -> None:
        if fault is not None and self.fault is None:
            self._say("state_not_written", f"{self.path}: {fault}")
        elif fault is None and self.fault is not None:
            self._say("state_written_again", str(self.path))
        self.fault = fault


class _RefusedError(Exception):
    """A file that is not to be gone on with."""


class _Writing:
    """One transaction; an error of the file ends it without effect, and is reported."""

    def __init__(self, db: sqlite3.Connection, lock: threading.Lock, done: Callable[[str | None], None]) -> None:
        self._db, self._lock, self._done = db, lock, done

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        return self._db

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        fault = None
        try:
            if error is None:
                self._db.commit()
            elif isinstance(error, sqlite3.Error):
                fault = str(error)
        except sqlite3.Error as failed:
            fault = str(failed)
        finally:
            if fault is not None or error is not None:
                self._undo()
            self._lock.release()
        if error is None or fault is not None:
            self._done(fault)
        return fault is not None

    def _undo(self) -> None:
        try:
            self._db.rollback()
        except sqlite3.Error as error:
            self._done(str(error))


def _locked(folder: Path) -> int | None:
    """Take the folder for this process; None where the disk takes no lock file. Raises BadConfigError."""
    try:
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise BadConfigError(f"state.folder: {folder} is that of a terminal that runs already") from error
    return lock


def _opened(path: Path | str) -> sqlite3.Connection:
    """Open the file; raise DatabaseError or _RefusedError where it cannot be gone on with."""
    size = Path(path).stat().st_size if Path(path).is_file() else 0
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # a commit is on the disk before it returns
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            if size:
                raise _RefusedError(f"only {size} bytes are left of it")
            db.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
        elif version != SCHEMA:
            raise _RefusedError(f"it is of version {version}; this program reads {SCHEMA}")
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise _RefusedError(f"it is damaged: {found}")
        for (content,) in db.execute("SELECT content FROM prompt"):
            msgspec.json.decode(content, type=Pending)
    except msgspec.DecodeError as error:
        db.close()
        raise _RefusedError(f"it is damaged: {error}") from error
    except BaseException:
        db.close()
        raise
    return db


def _put_aside(path: Path) -> Path:
    """Rename a file that is of no use, with what belongs to it; return its new name. One is kept, the newest."""
    aside = path.with_suffix(".refused")
    path.replace(aside)
    for more in ("-wal", "-shm"):
        path.with_name(path.name + more).unlink(missing_ok=True)
    return aside
