"""What each driver would have heard: the voice queue of the terminal, run on event time over the alert records.

The queue is the terminal's own (``alerts.voice.queue``), and so are its manners (``alerts.voice.speaker``): the most
pressing first, equal ones one after another, a more pressing one cuts a lesser one short, a newer sentence of a passage
replaces an older one that waits, nothing begins past ``expires_at``. A sentence takes as long as the bound that every
voice keeps. A record reaches the voice when its fix has arrived.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from alerts.prompts import speech_s
from alerts.record import Alert
from alerts.record import Prompt as Said
from alerts.voice.arbiter import Arbiter
from alerts.voice.queue import Outcome, Prompt
from forewarn.judge.fixes import Fixes
from forewarn.records import about

TICK_S = 0.001
"""A prompt may still begin at the moment at which it expires; it is dropped this much later."""


@dataclass(slots=True)
class Sentence:
    """One prompt, and what became of it; moments are UTC epoch seconds."""

    alert: Alert
    said: Said
    fix_s: float
    """Time of the fix that raised it."""
    arrived_s: float
    """When that fix arrived."""
    speak_s: float
    """``speak_at``, or the arrival where that is later."""
    length_s: float
    """How long it takes to say."""
    began_s: float = math.nan
    """When the driver heard it begin; NaN where he never did."""
    outcome: str = ""
    """One of ``alerts.voice.OUTCOMES``."""
    reason: str | None = None
    """Why it was not spoken to its end; None where it was."""
    displaced: bool = False
    """A sentence of a higher priority took its place: it was cut short, or could not begin in time."""

    @property
    def spoken(self) -> bool:
        """Whether the driver heard it to its end."""
        return self.outcome == "spoken"


def seconds(text: str) -> float:
    """Return a record's time as UTC epoch seconds."""
    return datetime.fromisoformat(text).timestamp()


def sentences(alerts: Iterable[Alert], fixes: Fixes) -> list[Sentence]:
    """Return every prompt of the records with what became of it, by vehicle and order of arrival.

    ``alerts`` are the records of one run in the order in which the engine gave them; ``fixes`` what it saw.
    """
    by_vehicle: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_vehicle[alert.vehicle].append(alert)
    found: list[Sentence] = []
    for vehicle, own in sorted(by_vehicle.items()):
        seen = fixes.of(vehicle)
        fix_s = np.array([seconds(alert.at) for alert in own])
        arrived_s = fix_s.copy()
        if seen.time_s.size:
            # a record may stand at an earlier moment than its fix (an episode's end): then it came with the next one
            at = np.minimum(np.searchsorted(seen.time_s, fix_s - 0.0005), seen.time_s.size - 1)
            arrived_s = np.maximum(fix_s, seen.arrived_s[at])
        voice = _Voice()
        for k in np.argsort(arrived_s, kind="stable").tolist():
            voice.take(own[k], float(fix_s[k]), float(arrived_s[k]))
        voice.finish()
        found += voice.sentences
    return found


class _Voice:
    """The voice of one vehicle: the one that speaks in the cab, with time that only the records move on."""

    def __init__(self) -> None:
        self.sentences: list[Sentence] = []
        self._arbiter = Arbiter(self._settled)
        self._of: dict[int, Sentence] = {}
        self._turned_s = -math.inf
        self._next_s = math.inf
        self._ends_s = math.inf
        self._sounded: list[tuple[float, float, int]] = []
        """Beginning, end and priority of everything that sounded."""

    def take(self, alert: Alert, fix_s: float, arrived_s: float) -> None:
        """Take one record as it arrives; records come in order of arrival."""
        self._run(arrived_s)
        if alert.state in ("withdrawn", "cleared"):
            self._arbiter.withdraw(alert.id, arrived_s, alert.reason or alert.state)
        if alert.prompt is None:
            return
        said = alert.prompt
        speak_s = max(seconds(said.speak_at), arrived_s)
        sentence = Sentence(alert, said, fix_s, arrived_s, speak_s, speech_s(said.language, said.text))
        self.sentences.append(sentence)
        prompt = Prompt(
            said.text, said.language, said.priority, speak_s, seconds(said.expires_at), alert.id, about=about(alert)
        )
        self._of[id(prompt)] = sentence
        entry = self._arbiter.say(prompt, arrived_s)
        if entry is not None:
            self._arbiter.rendered(entry, sentence.length_s, "judged")
        self._next_s = min(self._next_s, speak_s)

    def finish(self) -> None:
        """Speak or drop what still waits."""
        self._run(math.inf)

    def _run(self, until_s: float) -> None:
        """Let time pass, up to but not at ``until_s``: what arrives then may still change what is said then."""
        while True:
            moment = min(self._next_s, self._ends_s)
            if moment >= until_s or math.isinf(moment):
                break
            self._turned_s = moment if moment > self._turned_s else self._turned_s + TICK_S
            self._turn(self._turned_s)

    def _turn(self, now_s: float) -> None:
        """Do what is to be done now: end what sounds, begin what comes next."""
        sounding = self._arbiter.now
        if sounding is not None and self._ends_s <= now_s:
            self._arbiter.ended(sounding, now_s)
            self._ends_s = math.inf
        order = self._arbiter.turn(now_s)
        self._next_s = order.next_s
        if order.silence:
            begin_s, _, priority = self._sounded.pop()
            self._sounded.append((begin_s, now_s, priority))
        if order.begin is not None:
            self._arbiter.begun(order.begin, now_s)
            self._of[id(order.begin.prompt)].began_s = now_s
            self._ends_s = now_s + order.begin.length_s
            self._sounded.append((now_s, self._ends_s, order.begin.prompt.priority))
            self._next_s = now_s

    def _settled(self, settled: Outcome) -> None:
        sentence = self._of.pop(id(settled.prompt))
        sentence.outcome, sentence.reason = settled.outcome, settled.reason
        if settled.outcome != "spoken":
            sentence.began_s = math.nan
        sentence.displaced = settled.reason == "for_a_more_pressing_one" or (
            settled.reason in ("too_late", "cut_then_too_late") and self._outranked(sentence, settled.prompt)
        )

    def _outranked(self, sentence: Sentence, prompt: Prompt) -> bool:
        """Tell whether one of a higher priority sounded while this one waited for its turn."""
        return any(
            rank < prompt.priority and begin_s <= prompt.expires_at_s and end_s > sentence.speak_s
            for begin_s, end_s, rank in self._sounded
        )
