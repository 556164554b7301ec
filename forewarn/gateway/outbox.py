"""Prompts on their way to terminals, as they are kept: nothing is sent that was not noted first, and all end once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

from alerts.record import Alert, iso
from forewarn.gateway.store import Statement, Store
from forewarn.records import Outcome, seconds

Key = tuple[str, int]
"""Id of an alert, and its seq."""
Publish = Callable[[str, bytes, Callable[[], None]], None]
"""Is given vehicle and record of an outcome, and what to call once it has reached its readers."""

LATEST_MS: Final = 4_102_444_800_000
"""2100: no terminal can tell a later time, so no prompt is due later."""
MOST: Final = 1 << 31
"""Of a seq or a priority."""
PUBLISHED_KEPT: Final = 100_000
"""Outcomes that stay in the store after they were published, the newest: for whoever looks for what happened."""


class Stage(Enum):
    """How far a prompt has come."""

    NEW = "new"
    """It is being written to the store."""
    HELD = "held"
    """It is kept, and waits for its moment."""
    MISSED = "missed"
    """Its moment came, and the terminal was not there; it may still come in time."""
    NOTED = "noted"
    """That it is sent is being written to the store."""
    SENT = "sent"
    OVER = "over"
    """It has its outcome."""


@dataclass(slots=True, eq=False)
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
    stage: Stage = Stage.NEW

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.alert_id, self.seq


class Outbox:
    """The prompts that wait or were sent, and the outcomes of those that are settled."""

    def __init__(self, store: Store, by: str, publish: Publish | None = None) -> None:
        """Read what was left when the process ended last.

        ``by`` stands in outcomes; without ``publish`` the store is where they are read, and all of them stay there.
        """
        self._store = store
        self._by = by
        self._publish = publish
        (last,) = store.rows("SELECT coalesce(max(number), 0) FROM outcomes")[0]
        self._number = int(last)
        columns = "alert_id, seq, vehicle, text, language, priority, due_ms, expires_ms, sent_ms"
        self.entries: dict[Key, Entry] = {}
        """Prompts without outcome."""
        for row in store.rows(f"SELECT {columns} FROM prompts ORDER BY rowid"):  # noqa: S608  # a constant
            entry = Entry(*row)
            entry.stage = Stage.HELD if entry.sent_ms is None else Stage.SENT
            self.entries[entry.key] = entry

    def publish_again(self) -> None:
        """Publish the outcomes of which it is not known whether they were when the process ended last."""
        for number, vehicle, record in self._store.rows(
            "SELECT number, vehicle, record FROM outcomes WHERE published = 0 ORDER BY number"
        ):
            self._hand_on(vehicle, number, record)

    def put(self, entries: Sequence[Entry], more: Sequence[Statement], done: Callable[[], None]) -> None:
        """Keep new prompts, together with what else is to be written; ``done`` is called once they are on disk."""
        for entry in entries:
            self.entries[entry.key] = entry
        rows = [(e.alert_id, e.seq, e.vehicle, e.text, e.language, e.priority, e.due_ms, e.expires_ms) for e in entries]
        sql = (
            "INSERT INTO prompts (alert_id, seq, vehicle, text, language, priority, due_ms, expires_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._store.write(*((sql, row) for row in rows), *more, done=done)

    def sending(self, entry: Entry, now_ms: int, send: Callable[[], None]) -> None:
        """Note that a prompt is sent, and only then ``send`` it."""
        entry.stage = Stage.NOTED
        sql = "UPDATE prompts SET sent_ms = ? WHERE alert_id = ? AND seq = ?"
        self._store.write((sql, (now_ms, *entry.key)), done=send)

    def settle(
        self, entry: Entry, outcome: str, reason: str | None, ended_ms: int | None, result: int | None = None
    ) -> None:
        """Write a prompt's outcome; once it is kept it is published."""
        del self.entries[entry.key]
        entry.stage = Stage.OVER
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
            (
                "INSERT INTO outcomes (number, vehicle, record, published) VALUES (?, ?, ?, ?)",
                (number, entry.vehicle, record, int(self._publish is None)),
            ),
            done=lambda: self._hand_on(entry.vehicle, number, record),
        )

    def _hand_on(self, vehicle: str, number: int, record: bytes) -> None:
        if self._publish is not None:
            self._publish(vehicle, record, lambda: self._published(number))

    def _published(self, number: int) -> None:
        self._store.write(
            ("UPDATE outcomes SET published = 1 WHERE number = ?", (number,)),
            ("DELETE FROM outcomes WHERE number <= ? AND published = 1", (number - PUBLISHED_KEPT,)),
        )


def entry_of(alert: Alert, offset_ms: int) -> Entry | None:
    """Return the prompt of an alert; its moments are moved by what the vehicle's clock is behind this machine's.

    Raises ValueError where it has figures that can be none.
    """
    prompt = alert.prompt
    if prompt is None:
        return None
    if not (0 <= alert.seq < MOST and 0 <= prompt.priority < MOST):
        raise ValueError(f"seq {alert.seq}, priority {prompt.priority}")
    due_ms, expires_ms = (_ms(text, offset_ms) for text in (prompt.speak_at, prompt.expires_at))
    return Entry(alert.id, alert.seq, alert.vehicle, prompt.text, prompt.language, prompt.priority, due_ms, expires_ms)


def _ms(text: str, offset_ms: int) -> int:
    told_s = seconds(text)
    if told_s is None or not 0 <= round(told_s * 1000) + offset_ms < LATEST_MS:
        raise ValueError(f"'{text[:40]}' is no moment for a prompt")
    return round(told_s * 1000) + offset_ms
