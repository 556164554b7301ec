"""Prompts of the terminal's own, texts from outside and what is said of the receiver: all to one voice, each said once.

A prompt is written down before the voice gets it, and again before it sounds (``keeping``).
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import msgspec

from alerts.prompts import sentence
from alerts.prompts.facts import Facts
from alerts.record import Alert, iso
from alerts.voice import Outcome as Settled
from alerts.voice import Prompt
from forewarn.records import Outcome, milliseconds
from forewarn.sinks.outcomes import Addressed, outcome_of
from forewarn.terminal.event_clock import EventClock
from forewarn.terminal.hazards import hazard_of
from forewarn.terminal.keeping import Keeper, Pending
from forewarn.terminal.once import Once
from forewarn.terminal.uplink import Text, about_of

BOARD: Final = "terminal"
OUTSIDE: Final = "outside"
"""Who speaks: ``by`` of an outcome."""
POSITION: Final = "position"
"""Id of what is said of the receiver."""
POSITION_PRIORITY: Final = 2
"""As pressing as a limit of driving time: behind the sharper warning only."""
POSITION_S: Final = 30.0
"""How long it is worth saying, s."""
TOLD_ELSEWHERE: Final = "told_elsewhere"
"""Reason of an outcome: the same was said, or is about to be, by the other side."""
HAZARD_S: Final = 60.0
"""What one side has said of a kind of hazard the other does not say within this, where a text names no segment."""
UNKNOWN: Final = "unknown_after_restart"
"""Reason of an outcome: it had begun to sound when the terminal lost its power."""


class Speaks(Protocol):
    """What ``alerts.voice.Voice`` is to this module."""

    def say(self, prompt: Prompt) -> None:
        """Take a prompt."""

    def withdraw(self, key: str) -> None:
        """Drop a waiting prompt."""


class Speaking:
    """Hands prompts to the voice, and gathers what became of them; for one thread, but for ``settled``, ``begins``."""

    def __init__(self, keeper: Keeper, clock: EventClock, language: str, tell: Callable[[Outcome], None]) -> None:
        """``tell`` is told each outcome once it is written; ``voice`` is to be set before anything is said."""
        self.voice: Speaks
        self.last: tuple[str, str] | None = None
        """The sentence that sounded last, or was to, and its language."""
        self._keeper, self._clock, self._language, self._tell = keeper, clock, language, tell
        self._once = Once()
        self._hazards = Once(HAZARD_S)
        self._settled: queue.SimpleQueue[Settled] = queue.SimpleQueue()
        self._refused: list[Outcome] = []
        self._waiting, self._begun = keeper.unsettled()

    def begins(self, prompt: Prompt) -> None:
        """Write that a prompt is about to sound; for the voice, on its thread."""
        if isinstance(prompt, Addressed):
            self._keeper.begins(prompt.alert_id, prompt.seq)
        self.last = (prompt.text, prompt.language)

    def settled(self, outcome: Settled) -> None:
        """Take what became of a prompt; for the voice, on any thread."""
        if outcome.outcome == "failed":
            self.last = (outcome.prompt.text, outcome.prompt.language)  # what cannot be heard can be read
        self._settled.put(outcome)

    def pending(self, alerts: Iterable[Alert]) -> list[Pending]:
        """Return the prompts of alerts, to be written with the state that they come from."""
        return [
            Pending(
                alert_id=alert.id,
                seq=alert.seq,
                text=alert.prompt.text,
                language=alert.prompt.language,
                priority=alert.prompt.priority,
                speak_at_ms=milliseconds(alert.prompt.speak_at),
                expires_at_ms=milliseconds(alert.prompt.expires_at),
                key=alert.id,
                about=about_of(alert.kind, alert.segment.id if alert.segment else None),
                by=BOARD,
            )
            for alert in alerts
            if alert.prompt is not None
        ]

    def alerts(self, alerts: Iterable[Alert], prompts: Iterable[Pending]) -> None:
        """Speak prompts that are written, and take back what alerts withdraw."""
        for alert in alerts:
            if alert.state in ("withdrawn", "cleared"):
                self.voice.withdraw(alert.id)
        for prompt in prompts:
            self._say(prompt)

    def text(self, text: Text) -> None:
        """Speak a text from outside, the time being known: written first, and not what the terminal tells itself."""
        prompt = Pending(
            alert_id=text.id,
            seq=0,
            text=text.text,
            language=text.language,
            priority=text.priority,
            speak_at_ms=self._now_ms(),
            expires_at_ms=text.expires_at_ms,
            key=f"{OUTSIDE} {text.id}",
            about=text.about,
            by=OUTSIDE,
        )
        self._keeper.waits(prompt)
        self._say(prompt)

    def position(self, what: str) -> None:
        """Say that the receiver's fixes are ``lost``, or ``found`` again; only as long as it is so."""
        now_s = time.monotonic()
        words = sentence(self._language, Facts("position", "episode", what))
        self.voice.say(Prompt(words, self._language, POSITION_PRIORITY, now_s, now_s + POSITION_S, POSITION))

    def resume(self) -> None:
        """Say, once it is known what time it is, what an earlier run left unsaid and what is still in time.

        Of what had begun to sound it is not known whether it was heard: it is not said again.
        """
        if not self._clock.known:
            return
        waiting, self._waiting = self._waiting, []
        begun, self._begun = self._begun, []
        now_ms = self._now_ms()
        for prompt in begun:
            self._refuse(prompt, "failed", UNKNOWN)
        for prompt in waiting:
            if prompt.expires_at_ms < now_ms:
                self._refuse(prompt, "expired", "too_late")
            else:
                self._say(prompt)

    def _say(self, prompt: Pending) -> None:
        now_s = time.monotonic()
        topics = self._topics(prompt.about, prompt.text, prompt.by)
        for k, (once, about) in enumerate(topics):
            who = (about, prompt.by, prompt.key, prompt.seq)
            replaced = once.admits(*who, prompt.priority, now_s, first=prompt.by == BOARD)
            if replaced is None:
                for earlier, other in topics[:k]:
                    earlier.settled(other, prompt.key, prompt.seq, now_s, heard=False)
                self._refuse(prompt, "withdrawn", TOLD_ELSEWHERE)
                return
            if replaced:
                self.voice.withdraw(replaced)
        self.voice.say(
            Addressed(
                text=prompt.text,
                language=prompt.language,
                priority=prompt.priority,
                speak_at_s=self._clock.due_s(prompt.speak_at_ms),
                expires_at_s=self._clock.due_s(prompt.expires_at_ms),
                key=prompt.key,
                about=prompt.about,
                alert_id=prompt.alert_id,
                seq=prompt.seq,
                by=prompt.by,
            )
        )

    def _topics(self, about: str | None, text: str, by: str) -> list[tuple[Once, str]]:
        """Return what a sentence is about, and where it is looked up.

        Texts from outside that name no segment are held against the terminal's own by the kind of hazard alone.
        """
        topics = [] if about is None else [(self._once, about)]
        hazard = hazard_of(text) if by == BOARD or about is None else None
        return topics if hazard is None else [*topics, (self._hazards, hazard)]

    def write(self) -> None:
        """Write what became of prompts since, and tell it."""
        done, self._refused = self._refused, []
        while True:
            try:
                settled = self._settled.get_nowait()
            except queue.Empty:
                break
            prompt = settled.prompt
            if isinstance(prompt, Addressed):
                if prompt.key is not None:
                    heard = settled.begun_s is not None
                    for once, about in self._topics(prompt.about, prompt.text, prompt.by):
                        once.settled(about, prompt.key, prompt.seq, settled.ended_s, heard=heard)
                done.append(outcome_of(settled, self._wall_s))
        if done:
            self._keeper.settled((o.alert_id, o.seq, msgspec.json.encode(o)) for o in done)
            for outcome in done:
                self._tell(outcome)

    @property
    def _wall_s(self) -> float:
        """UTC seconds minus those of the monotonic clock, by the receiver."""
        return -self._clock.due_s(0)

    def _now_ms(self) -> int:
        return self._clock.event_ms(time.monotonic())

    def _refuse(self, prompt: Pending, outcome: str, reason: str) -> None:
        self._refused.append(
            Outcome(
                alert_id=prompt.alert_id,
                seq=prompt.seq,
                outcome=outcome,
                reason=reason,
                due_at=iso(prompt.speak_at_ms),
                ended_at=iso(self._now_ms()),
                by=prompt.by,
            )
        )
