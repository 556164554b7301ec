"""Prompts on their way to terminals, as they are kept: nothing is sent that was not noted first, and all end once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import structlog

from alerts.record import Alert, iso
from forewarn.gateway.store import Statement, Store
from forewarn.records import Outcome

log: Final = structlog.get_logger()

Key = tuple[str, int]
"""Id of an alert, and its seq."""


@dataclass(slots=True)
class Entry:
    """A prompt that has no outcome yet; times are UTC epoch milliseconds of this machine's clock."""

    alert_id: str
    seq: int
    vehicle: str
    text: str
    language: str
    priority: int
    due_ms: int
    expires_ms: int
    sent_ms: int | None = None

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.alert_id, self.seq


class Outbox:
    """The prompts that wait or were sent, and the outcomes of those that are settled."""

    def __init__(self, store: Store, by: str, publish: Callable[[str, int, bytes], None]) -> None:
        """Take up what was left when the process ended last.

        ``by`` stands in outcomes; ``publish`` is given vehicle, number and record of each outcome once it is kept.
        """
        self._store = store
        self._by = by
        self._publish = publish
        (last,) = store.rows("SELECT coalesce(max(number), 0) FROM outcomes")[0]
        self._number = int(last)
        columns = "alert_id, seq, vehicle, text, language, priority, due_ms, expires_ms, sent_ms"
        self.entries: dict[Key, Entry] = {}
        """Prompts without outcome."""
        for row in store.rows(f"SELECT {columns} FROM prompts"):  # noqa: S608  # a constant
            entry = Entry(*row)
            self.entries[entry.key] = entry

    def take_up(self) -> list[Entry]:
        """Settle what was sent and never answered before the process ended; return what still waits."""
        for number, vehicle, record in self._store.rows(
            "SELECT number, vehicle, record FROM outcomes WHERE published = 0"
        ):
            self._publish(vehicle, number, record)
        for entry in [entry for entry in self.entries.values() if entry.sent_ms is not None]:
            self.settle(entry, "failed", "unknown_after_restart", None)
        return list(self.entries.values())

    def put(self, entries: Sequence[Entry], more: Sequence[Statement], done: Callable[[], None]) -> None:
        """Keep new prompts, together with what else is to be written; ``done`` is called once they are on disk."""
        for entry in entries:
            self.entries[entry.key] = entry
        rows = [(e.alert_id, e.seq, e.vehicle, e.text, e.language, e.priority, e.due_ms, e.expires_ms) for e in entries]
        sql = (
            "INSERT OR IGNORE INTO prompts (alert_id, seq, vehicle, text, language, priority, due_ms, expires_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._store.write(*((sql, row) for row in rows), *more, done=done)

    def sending(self, entry: Entry, now_ms: int, send: Callable[[], None]) -> None:
        """Note that a prompt is sent, and only then ``send`` it."""
        entry.sent_ms = now_ms
        sql = "UPDATE prompts SET sent_ms = ? WHERE alert_id = ? AND seq = ?"
        self._store.write((sql, (now_ms, *entry.key)), done=send)

    def settle(
        self, entry: Entry, outcome: str, reason: str | None, ended_ms: int | None, result: int | None = None
    ) -> None:
        """Write a prompt's outcome; once it is kept it is published."""
        if self.entries.pop(entry.key, None) is None:
            return
        record = msgspec.json.encode(
            Outcome(
                alert_id=entry.alert_id,
                seq=entry.seq,
                outcome=outcome,
                reason=reason,
                due_at=iso(entry.due_ms),
                began_at=None if entry.sent_ms is None else iso(entry.sent_ms),
                ended_at=None if ended_ms is None else iso(ended_ms),
                by=self._by,
                terminal_result=result,
            )
        )
        self._number += 1
        number = self._number
        self._store.write(
            ("DELETE FROM prompts WHERE alert_id = ? AND seq = ?", entry.key),
            ("INSERT INTO outcomes (number, vehicle, record) VALUES (?, ?, ?)", (number, entry.vehicle, record)),
            done=lambda: self._publish(entry.vehicle, number, record),
        )

    def published(self, number: int) -> None:
        """Note that an outcome has reached its readers."""
        self._store.write(("UPDATE outcomes SET published = 1 WHERE number = ?", (number,)))


def entry_of(alert: Alert, offset_ms: int) -> Entry | None:
    """Return the prompt of an alert; its moments are moved by what the vehicle's clock is behind this machine's."""
    prompt = alert.prompt
    if prompt is None:
        return None
    return Entry(
        alert.id,
        alert.seq,
        alert.vehicle,
        prompt.text,
        prompt.language,
        prompt.priority,
        _ms(prompt.speak_at) + offset_ms,
        _ms(prompt.expires_at) + offset_ms,
    )


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
