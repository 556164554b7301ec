"""Records from files: alerts, passages and outcomes, one JSON object a line; a bad line is counted."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from alerts.record import Alert, Passage, SegmentRef

R = TypeVar("R", bound=msgspec.Struct)

GZIP: Final = b"\x1f\x8b"


class RecordsError(ValueError):
    """A file of records of which nothing can be used."""


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of a prompt, as whoever speaks wrote it: wall-clock facts.

    A writer gives every field, null where unknown; of a reader's file only the first three need be there.
    """

    alert_id: str
    seq: int
    outcome: str
    """``spoken``, ``cut``, ``expired``, ``withdrawn`` or ``failed``."""
    reason: str | None = None
    due_at: str | None = None
    began_at: str | None = None
    ended_at: str | None = None
    by: str | None = None
    terminal_result: int | str | None = None


class BadLines:
    """Lines that are no record: how many, and the first of each file by its place."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.count: Counter[str] = Counter()
        """By file."""
        self.examples: list[str] = []

    def add(self, path: Path, number: int, detail: str) -> None:
        """Count one line; numbers from 1."""
        if not self.count[str(path)]:
            self.examples.append(f"{path}:{number}: {detail}")
        self.count[str(path)] += 1


def read_records(paths: Iterable[Path], record: type[R], bad: BadLines) -> Iterator[R]:
    """Yield the records of files, gzipped or not, in their order; empty lines are skipped, bad ones go to ``bad``.

    Raises RecordsError where a file cannot be read, or has lines and none of them is such a record.
    """
    decoder = msgspec.json.Decoder(record)
    for path in paths:
        found = False
        for number, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            try:
                one = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                bad.add(path, number, str(error))
                continue
            found = True
            yield one
        if bad.count[str(path)] and not found:
            example = next(text for text in bad.examples if text.startswith(f"{path}:"))
            raise RecordsError(f"no line is a record of the kind {record.__name__.lower()}: {example}")


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            yield from file
    except (OSError, EOFError) as error:
        raise RecordsError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def about(alert: Alert) -> str:
    """Return what a sentence is about: vehicle, kind and segment, of which the voice does not speak twice in a row."""
    return "\x1f".join((alert.vehicle, alert.kind, alert.segment.id if alert.segment else ""))


def seconds(text: str | None) -> float | None:
    """Return an ISO 8601 time as UTC epoch seconds, taken for UTC where it names no zone; None where it is none."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def milliseconds(text: str) -> int:
    """Return the time of a record as UTC epoch milliseconds; raises ValueError where it is none."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


__all__ = [
    "Alert",
    "BadLines",
    "Outcome",
    "Passage",
    "RecordsError",
    "SegmentRef",
    "about",
    "milliseconds",
    "read_records",
    "seconds",
]
