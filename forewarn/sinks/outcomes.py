"""Outcomes as JSON lines: what became of each prompt that the voice took, by the clock on the wall."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import msgspec

from alerts.record import iso
from alerts.voice import Outcome as Settled
from alerts.voice import Prompt
from forewarn.records import Outcome


@dataclass(frozen=True, slots=True)
class Addressed(Prompt):
    """A prompt that knows which record it came from."""

    alert_id: str = ""
    seq: int = 0
    by: str = ""
    """Who speaks, and whether to simulated drivers."""


class OutcomeLines:
    """Writes the outcome of every ``Addressed`` prompt to one file, in the order in which they were settled."""

    def __init__(self, path: Path) -> None:
        """Open the file anew. Raises OSError where it cannot be written."""
        self._file = path.open("wb")
        self._wall_s = time.time() - time.monotonic()
        self._settled: deque[Settled] = deque()

    def settled(self, outcome: Settled) -> None:
        """Take an outcome, on any thread; it neither waits nor writes."""
        self._settled.append(outcome)

    def write(self) -> None:
        """Write what was settled since."""
        while self._settled:
            self._file.write(msgspec.json.encode(outcome_of(self._settled.popleft(), self._wall_s)) + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Write the rest."""
        self.write()
        self._file.close()


def outcome_of(settled: Settled, wall_s: float) -> Outcome:
    """Return the record of what became of an ``Addressed`` prompt; ``wall_s`` is UTC minus the monotonic clock, s."""
    prompt = settled.prompt
    assert isinstance(prompt, Addressed)  # noqa: S101  # what whoever asks has said

    def at(monotonic_s: float) -> str:
        return iso(round((wall_s + monotonic_s) * 1000.0))

    return Outcome(
        alert_id=prompt.alert_id,
        seq=prompt.seq,
        outcome=settled.outcome,
        reason=settled.reason,
        due_at=at(prompt.speak_at_s),
        began_at=None if settled.begun_s is None else at(settled.begun_s),
        ended_at=at(settled.ended_s),
        by=prompt.by,
        terminal_result=None,
    )
