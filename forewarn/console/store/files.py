"""The file of a SQLite store: made for its owner alone, and had by one console at a time."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from typing import IO, Final

MODE: Final = 0o600
"""Passwords' hashes and who did what are nobody else's to read; SQLite gives its log the same mode."""


class FileError(Exception):
    """The file cannot be had; the message says why."""


def taken(path: Path) -> IO[bytes]:
    """Make the file where it is not there, and return the file beside it that only one process can lock.

    The lock is a file of its own, so that the database is free for whoever reads it, a backup say; closing it gives it
    back. An existing file that others may read is closed to them. Raises FileError.
    """
    try:
        _made(path)
        lock = os.fdopen(os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE), "rb+")
    except OSError as error:
        raise FileError(f"cannot be opened: {error.strerror or error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise FileError("another console has it; several share a store only on PostgreSQL") from error
    except OSError as error:
        lock.close()
        raise FileError(f"cannot be locked: {error.strerror or error}") from error
    return lock


def _made(path: Path) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise FileError("is no file")
        if stat.S_IMODE(os.fstat(file).st_mode) & ~MODE:
            os.fchmod(file, MODE)
    finally:
        os.close(file)
