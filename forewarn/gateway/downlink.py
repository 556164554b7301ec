"""Prompts out: each held until it is due, dropped when it is too late or withdrawn, sent once, and its answer noted."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from alerts.record import Alert
from forewarn.gateway.outbox import Entry, Key, Outbox, Stage, entry_of
from forewarn.gateway.store import Statement
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.texts import TEXT, sayable
from forewarn.gateway.uplink import Uplink
from ingest.jt808.errors import FrameError
from ingest.jt808.messages.terminal_answer import RESULTS

log: Final = structlog.get_logger()
LOOKS_OVER: Final = 10_000
"""Looks at prompts that are over which may stay until their moment comes."""


class Mouth(Protocol):
    """Through which a vehicle's driver is spoken to: a terminal's session, or a vehicle of another platform."""

    vehicle: int
    """Code of the vehicle's name; below 0 where it is not known yet."""
    texts: dict[int, Entry]
    """What was sent and is not answered, by the number that an answer names, the oldest first."""

    def say(self, text: str, priority: int) -> int:
        """Send a text; returns the number that its answer names. Raises FrameError for what cannot be sent."""


class Downlink:
    """Whom which prompt is sent, and when. All moments are UTC epoch milliseconds."""

    def __init__(
        self, outbox: Outbox, terminals: Terminals, uplink: Uplink, answer_s: float, clock: Callable[[], int]
    ) -> None:
        """``answer_s`` is how long a terminal's answer is waited for; ``clock`` tells the time.

        ``take_up`` is to be called at start.
        """
        self._outbox = outbox
        self._terminals = terminals
        self._uplink = uplink
        self._answer_ms = round(answer_s * 1000)
        self._clock = clock
        self._due: list[tuple[int, int, int, Entry, Mouth | None, int]] = []
        """At which moment, priority, order, and what is looked at then; a sent one with whom and serial number."""
        self._count = 0
        self._waiting: dict[str, list[Entry]] = {}
        """What is not sent yet, by vehicle, in the order in which it came."""
        self._mouths: dict[str, Mouth] = {}
        """By vehicle."""
        self.outcomes: Counter[str] = Counter()
        """Prompts settled, by outcome and reason."""
        self.rejected: Counter[str] = Counter()
        """Prompts that were not taken, by reason."""

    def take_up(self) -> None:
        """Go on with what was left when the process ended last."""
        self._outbox.publish_again()
        for entry in list(self._outbox.entries.values()):
            if entry.stage is Stage.SENT:
                self._settle(entry, "failed", "unknown_after_restart", None)
            else:
                self._waiting.setdefault(entry.vehicle, []).append(entry)
                self._hold(entry)

    def take(self, alerts: Sequence[Alert], more: Sequence[Statement], done: Callable[[], None] | None = None) -> None:
        """Take in alerts, in their order; ``more`` is written together with their prompts, and then ``done`` called."""
        fresh: dict[Key, Entry] = {}
        out: list[tuple[Entry, str]] = []
        for alert in alerts:
            if not self._terminals.speaks(alert.vehicle):
                continue
            entry = self._entry(alert, fresh)
            if entry is not None or alert.state in ("withdrawn", "cleared"):
                over = [one for one in self._waiting.get(alert.vehicle, ()) if one.alert_id == alert.id]
                out += [(one, "withdrawn" if entry is None else "superseded") for one in over]
                self._remove(over)
            if entry is not None:
                fresh[entry.key] = entry
                self._waiting.setdefault(entry.vehicle, []).append(entry)
        entries = list(fresh.values())
        self._outbox.put(entries, more, partial(self._taken, entries, done))
        now_ms = self._clock()
        for one, reason in out:
            self._settle(one, "withdrawn", reason, now_ms)

    def _entry(self, alert: Alert, fresh: Mapping[Key, Entry]) -> Entry | None:
        try:
            entry = entry_of(alert, self._uplink.clocks.offset_ms(self._uplink.names.vehicles.known(alert.vehicle)))
        except ValueError as error:
            self.rejected["bad_prompt"] += 1
            log.error("prompt_refused", alert_id=alert.id, vehicle=alert.vehicle, why=str(error))
            return None
        if entry is not None and (entry.key in self._outbox.entries or entry.key in fresh):
            self.rejected["told_twice"] += 1
            return None
        return entry

    def _taken(self, fresh: Sequence[Entry], done: Callable[[], None] | None) -> None:
        if done is not None:
            done()
        for entry in fresh:
            if entry.stage is Stage.NEW:
                entry.stage = Stage.HELD
                self._hold(entry)

    def _hold(self, entry: Entry) -> None:
        self._look(entry.due_ms, entry)
        self._look(entry.expires_ms + 1, entry)

    def _look(self, at_ms: int, entry: Entry, mouth: Mouth | None = None, serial: int = 0) -> None:
        self._count += 1
        heapq.heappush(self._due, (at_ms, entry.priority, self._count, entry, mouth, serial))
        if len(self._due) > 4 * len(self._outbox.entries) + LOOKS_OVER:
            self._due = [one for one in self._due if one[3].stage is not Stage.OVER]
            heapq.heapify(self._due)

    def _remove(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            waiting = self._waiting[entry.vehicle]
            waiting.remove(entry)
            if not waiting:
                del self._waiting[entry.vehicle]

    def joined(self, mouth: Mouth, vehicle: str) -> None:
        """Note that a vehicle's terminal is there; what is due for it is sent with the next ``turn``."""
        self._mouths[vehicle] = mouth
        for entry in self._waiting.get(vehicle, ()):
            if entry.stage is Stage.MISSED:
                entry.stage = Stage.HELD
                self._look(entry.due_ms, entry)

    def left(self, mouth: Mouth, *, ending: bool = False) -> None:
        """Note that a terminal has gone.

        What it has not answered has failed; where the gateway itself is ``ending``, that is told at its next start.
        """
        if mouth.vehicle >= 0:
            vehicle = self._uplink.names.vehicles.all[mouth.vehicle]
            if self._mouths.get(vehicle) is mouth:
                del self._mouths[vehicle]
        if not ending:
            for entry in mouth.texts.values():
                self._settle(entry, "failed", "connection_lost", None)
        mouth.texts.clear()

    def turn(self, now_ms: int) -> None:
        """Send what is due, and settle what is too late or was not answered."""
        while self._due and self._due[0][0] <= now_ms:
            *_, entry, mouth, serial = heapq.heappop(self._due)
            if mouth is not None:
                if mouth.texts.get(serial) is entry:
                    del mouth.texts[serial]
                    self._settle(entry, "failed", "not_answered", now_ms)
            elif entry.stage is Stage.HELD or entry.stage is Stage.MISSED:
                self._send(entry, now_ms)

    def _send(self, entry: Entry, now_ms: int) -> None:
        mouth = self._mouths.get(entry.vehicle)
        if entry.expires_ms < now_ms:
            self._remove([entry])
            self._settle(entry, "expired", "not_connected" if mouth is None else "too_late", now_ms)
        elif mouth is None:
            entry.stage = Stage.MISSED
        else:
            self._outbox.sending(entry, now_ms, partial(self._noted, entry))

    def _noted(self, entry: Entry) -> None:
        """Send a text that was noted as sent, unless it was withdrawn meanwhile, or that took too long."""
        if entry.stage is not Stage.NOTED:
            return
        now_ms = self._clock()
        mouth = self._mouths.get(entry.vehicle)
        if mouth is None and now_ms <= entry.expires_ms:
            entry.stage = Stage.MISSED  # it may still come back in time, and has heard nothing
            return
        self._remove([entry])
        text = sayable(entry.text)
        if mouth is None or entry.expires_ms < now_ms:
            self._settle(entry, "expired", "not_connected" if mouth is None else "too_late", now_ms)
        elif not text:
            self._settle(entry, "failed", "nothing_to_say", now_ms)
        else:
            self._out(entry, mouth, text, now_ms)

    def _out(self, entry: Entry, mouth: Mouth, text: str, now_ms: int) -> None:
        try:
            serial = mouth.say(text, entry.priority)
        except FrameError as error:
            log.error("text_not_sent", why=str(error), alert_id=entry.alert_id, vehicle=entry.vehicle)
            self._settle(entry, "failed", error.reason, now_ms)
            return
        entry.stage, entry.sent_ms = Stage.SENT, now_ms
        mouth.texts[serial] = entry
        self._look(now_ms + self._answer_ms, entry, mouth, serial)

    def answered(self, mouth: Mouth, serial: int, number: int, result: int) -> None:
        """Note a terminal's answer to a text; one to something else, or a second one, says nothing new."""
        entry = mouth.texts.pop(serial, None) if number == TEXT else None
        if entry is not None:
            self._answer(mouth, entry, result)

    def answered_in_words(self, mouth: Mouth) -> None:
        """Note an answer that names no message, as some terminals give it: it is of the oldest text."""
        if mouth.texts:
            self._answer(mouth, mouth.texts.pop(next(iter(mouth.texts))), 0)

    def _answer(self, mouth: Mouth, entry: Entry, result: int) -> None:
        now_ms = self._clock()
        if result:
            self._settle(entry, "failed", RESULTS.get(result, "failure"), now_ms, result)
        elif self._uplink.tts_fault(mouth.vehicle):
            self._settle(entry, "failed", "tts_fault", now_ms, result)
        else:
            self._settle(entry, "spoken", None, now_ms, result)

    def _settle(
        self, entry: Entry, outcome: str, reason: str | None, now_ms: int | None, result: int | None = None
    ) -> None:
        self.outcomes[outcome if reason is None else f"{outcome}: {reason}"] += 1
        self._outbox.settle(entry, outcome, reason, now_ms, result)
