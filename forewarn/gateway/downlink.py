"""Prompts out: each held until it is due, dropped when it is too late or withdrawn, sent once, and its answer noted."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from alerts.record import Alert
from forewarn.gateway.outbox import Entry, Outbox, entry_of
from forewarn.gateway.store import Statement
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.texts import message, sayable
from forewarn.gateway.uplink import Uplink
from ingest.jt808.errors import FrameError

if TYPE_CHECKING:
    from forewarn.gateway.session import Session

log: Final = structlog.get_logger()
TEXT: Final = 0x8300
RESULTS: Final = {1: "failure", 2: "bad_message", 3: "unsupported"}
"""Why a terminal did not take a text, by the result of its answer."""


class Downlink:
    """Whom which prompt is sent, and when. All moments are UTC epoch milliseconds, given by the caller."""

    def __init__(self, outbox: Outbox, terminals: Terminals, uplink: Uplink, answer_s: float) -> None:
        """``answer_s`` is how long a terminal's answer is waited for; ``take_up`` is to be called at start."""
        self._outbox = outbox
        self._terminals = terminals
        self._uplink = uplink
        self._answer_ms = round(answer_s * 1000)
        self._due: list[tuple[int, int, int, Entry, Session | None, int]] = []
        """At which moment, priority, order, and what is looked at then; a sent one with session and serial number."""
        self._count = 0
        self._waiting: dict[str, list[Entry]] = {}
        """By vehicle."""
        self._sessions: dict[str, Session] = {}
        """By vehicle."""
        self.outcomes: Counter[str] = Counter()
        """Prompts settled, by outcome and reason."""

    def take_up(self) -> None:
        """Go on with what was left when the process ended last."""
        for entry in self._outbox.take_up():
            self._wait(entry, entry.due_ms)

    def take(
        self, alerts: Sequence[Alert], more: Sequence[Statement], now_ms: int, done: Callable[[], None] | None = None
    ) -> None:
        """Take in alerts, in their order; ``more`` is written together with their prompts, and then ``done`` called."""
        fresh = []
        for alert in alerts:
            if self._terminals.phone_for(alert.vehicle) is None:
                continue
            entry = entry_of(alert, self._uplink.clocks.offset_ms(self._uplink.names.vehicles.known(alert.vehicle)))
            if alert.state in ("withdrawn", "cleared") or entry is not None:
                self._withdraw(alert, "withdrawn" if entry is None else "superseded", now_ms)
            if entry is not None:
                fresh.append(entry)
        self._outbox.put(fresh, more, partial(self._taken, fresh, done))

    def _taken(self, fresh: Sequence[Entry], done: Callable[[], None] | None) -> None:
        if done is not None:
            done()
        for entry in fresh:
            if entry.key in self._outbox.entries:
                self._wait(entry, entry.due_ms)

    def _withdraw(self, alert: Alert, reason: str, now_ms: int) -> None:
        for entry in [e for e in self._waiting.get(alert.vehicle, ()) if e.alert_id == alert.id]:
            self._forget(entry)
            self._settle(entry, "withdrawn", reason, now_ms)

    def _wait(self, entry: Entry, at_ms: int) -> None:
        waiting = self._waiting.setdefault(entry.vehicle, [])
        if entry not in waiting:
            waiting.append(entry)
        self._look(at_ms, entry)

    def _look(self, at_ms: int, entry: Entry, session: Session | None = None, serial: int = 0) -> None:
        self._count += 1
        heapq.heappush(self._due, (at_ms, entry.priority, self._count, entry, session, serial))

    def _forget(self, entry: Entry) -> None:
        waiting = self._waiting[entry.vehicle]
        waiting.remove(entry)
        if not waiting:
            del self._waiting[entry.vehicle]

    def joined(self, session: Session, vehicle: str) -> None:
        """Note that a vehicle's terminal is there; what is due for it is sent with the next ``turn``."""
        self._sessions[vehicle] = session
        for entry in self._waiting.get(vehicle, ()):
            self._wait(entry, entry.due_ms)

    def left(self, session: Session) -> None:
        """Note that a terminal has gone, with whatever it has not answered."""
        if session.authentic:
            vehicle = self._uplink.names.vehicles.all[session.vehicle]
            if self._sessions.get(vehicle) is session:
                del self._sessions[vehicle]
        for entry in session.texts.values():
            self._settle(entry, "failed", "connection_lost", None)
        session.texts.clear()

    def turn(self, now_ms: int) -> None:
        """Send what is due, and settle what is too late or was not answered."""
        while self._due and self._due[0][0] <= now_ms:
            *_, entry, session, serial = heapq.heappop(self._due)
            if session is not None:
                if session.texts.get(serial) is entry:
                    del session.texts[serial]
                    self._settle(entry, "failed", "not_answered", now_ms)
            elif entry.key in self._outbox.entries and entry in self._waiting.get(entry.vehicle, ()):
                self._send(entry, now_ms)

    def _send(self, entry: Entry, now_ms: int) -> None:
        session = self._sessions.get(entry.vehicle)
        if entry.expires_ms < now_ms:
            self._forget(entry)
            self._settle(entry, "expired", "not_connected" if session is None else "too_late", now_ms)
        elif session is None:
            self._wait(entry, entry.expires_ms + 1)
        else:
            self._forget(entry)
            self._outbox.sending(entry, now_ms, partial(self._sent, entry, session))

    def _sent(self, entry: Entry, session: Session) -> None:
        """Send a text that was noted as sent."""
        now_ms = session.hub.now_ms()
        if self._sessions.get(entry.vehicle) is not session:
            self._settle(entry, "failed", "connection_lost", now_ms)
            return
        text = sayable(entry.text)
        if not text:
            self._settle(entry, "failed", "nothing_to_say", now_ms)
            return
        try:
            serial = session.send(TEXT, message(text, entry.priority, session.version))
        except FrameError as error:
            log.error("text_not_sent", why=str(error), alert_id=entry.alert_id, vehicle=entry.vehicle)
            self._settle(entry, "failed", error.reason, now_ms)
            return
        session.texts[serial] = entry
        self._look(now_ms + self._answer_ms, entry, session, serial)

    def answered(self, session: Session, serial: int, number: int, result: int) -> None:
        """Note a terminal's answer to a text; one to something else, or a second one, says nothing new."""
        entry = session.texts.pop(serial, None) if number == TEXT else None
        if entry is not None:
            self._answer(session, entry, result)

    def answered_in_words(self, session: Session) -> None:
        """Note an answer that names no message, as some terminals give it: it is of the oldest text."""
        if session.texts:
            self._answer(session, session.texts.pop(next(iter(session.texts))), 0)

    def _answer(self, session: Session, entry: Entry, result: int) -> None:
        now_ms = session.hub.now_ms()
        if result:
            self._settle(entry, "failed", RESULTS.get(result, "failure"), now_ms, result)
        elif self._uplink.tts_fault(session.vehicle):
            self._settle(entry, "failed", "tts_fault", now_ms, result)
        else:
            self._settle(entry, "spoken", None, now_ms, result)

    def _settle(
        self, entry: Entry, outcome: str, reason: str | None, now_ms: int | None, result: int | None = None
    ) -> None:
        self.outcomes[outcome if reason is None else f"{outcome}: {reason}"] += 1
        self._outbox.settle(entry, outcome, reason, now_ms, result)
