"""What comes in at once, from wherever it comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import structlog

from alerts.record import Alert, Passage
from forewarn.console.store.columns import writable_json
from forewarn.records import Outcome
from ingest.positions import PositionBatch, Reject

log: Final = structlog.get_logger()
Record = Alert | Passage | Outcome
KINDS: Final[dict[str, type[Record]]] = {"alert": Alert, "passage": Passage, "outcome": Outcome}
"""The kinds of records that a console takes in."""
TOLD: Final = 3
"""So many rejects of a reason are told one by one."""


@dataclass(slots=True)
class Incoming:
    """Records and positions that belong into one transaction, and where to go on reading after them."""

    alerts: list[Alert] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    outcomes: list[tuple[Outcome, str | None]] = field(default_factory=list)
    """Each with its vehicle, where whoever wrote it told."""
    positions: list[PositionBatch] = field(default_factory=list)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    """Topic and partition to the next offset to read."""

    def __bool__(self) -> bool:
        return bool(self.alerts or self.passages or self.outcomes or self.positions or self.offsets)

    def add(self, record: Record, vehicle: str | None = None) -> None:
        """Add a record; ``vehicle`` is that of an outcome, which does not name it."""
        if isinstance(record, Alert):
            self.alerts.append(record)
        elif isinstance(record, Passage):
            self.passages.append(record)
        else:
            self.outcomes.append((record, vehicle))


class Rejects:
    """What could not be read: counted by reason, the first few of each told."""

    def __init__(self) -> None:
        """None yet."""
        self.count: Counter[str] = Counter()

    def add(self, reject: Reject) -> None:
        """Count one."""
        self.count[reject.reason] += 1
        if self.count[reject.reason] <= TOLD:
            log.warning("not_read", place=f"{reject.source} {reject.line}", why=reject.detail[:200])


class Decoding:
    """Makes records of what was written, whatever their kind."""

    def __init__(self, rejects: Rejects) -> None:
        """``rejects`` is told of what is no record."""
        self._rejects = rejects
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            kind: msgspec.json.Decoder(record) for kind, record in KINDS.items()
        }

    def record(self, kind: str, content: bytes, source: str, line: int) -> Record | None:
        """Return a record, its texts such as the store has them; None for what is none, or of no known kind.

        What is none is counted with its place.
        """
        try:
            found: Record = self._decoders[kind].decode(writable_json(content))
        except (KeyError, msgspec.DecodeError, UnicodeDecodeError) as error:
            self._rejects.add(Reject(f"bad_{kind}"[:40], source, line, str(error)))
            return None
        return found
