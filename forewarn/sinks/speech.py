"""Prompts aloud, while history is replayed at a pace: whoever speaks reads the alerts; the engine never speaks."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console

from alerts.engine import Records
from alerts.voice import Outcome, Voice
from forewarn.pacing import Paced
from forewarn.records import about, milliseconds
from forewarn.simulate import PREFIX
from forewarn.sinks.outcomes import Addressed, OutcomeLines

LAST_WORD_S: Final = 20.0
"""How long the last prompts may take before the program ends, s."""

BY: Final = {False: "replay", True: "replay, simulated"}
"""Who speaks, by whether the vehicle is simulated."""


class Speech:
    """Hands prompts to the voice and says what became of them."""

    def __init__(self, paced: Paced, languages: Iterable[str], err: Console, outcomes: Path | None = None) -> None:
        """Open the voice, and the file of outcomes where one is asked for.

        Without a device or a voice it says so loudly and goes on: prompts end as failed. Raises OSError where the file
        cannot be written.
        """
        self._paced = paced
        self._err = err
        self._lines = None if outcomes is None else OutcomeLines(outcomes)
        self._outcomes: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._voice = Voice.open(languages, sink=self._settled)

    def _settled(self, outcome: Outcome) -> None:
        self._outcomes[outcome.outcome] += 1
        if outcome.outcome == "failed":
            self._reasons[outcome.reason or "unknown"] += 1
        if self._lines is not None:
            self._lines.settled(outcome)

    def add(self, records: Records) -> None:
        """Speak the prompts of one batch when they are due, and drop those that were withdrawn."""
        for alert in records.alerts:
            if alert.state in ("withdrawn", "cleared"):
                self._voice.withdraw(alert.id)
            if alert.prompt is not None:
                self._voice.say(
                    Addressed(
                        text=alert.prompt.text,
                        language=alert.prompt.language,
                        priority=alert.prompt.priority,
                        speak_at_s=self._paced.due_s(milliseconds(alert.prompt.speak_at)),
                        expires_at_s=self._paced.due_s(milliseconds(alert.prompt.expires_at)),
                        key=alert.id,
                        about=about(alert),
                        alert_id=alert.id,
                        seq=alert.seq,
                        by=BY[alert.vehicle.startswith(PREFIX)],
                    )
                )
        if self._lines is not None:
            self._lines.write()

    def close(self) -> None:
        """Let the last prompts be spoken, unless an interrupt or a fault ends the replay; say what became of all."""
        try:
            if sys.exception() is None:
                self._voice.drain(LAST_WORD_S)
        finally:
            self._voice.close()
            if self._lines is not None:
                self._lines.close()
        counts = ", ".join(f"{name} {n}" for name, n in sorted(self._outcomes.items())) or "nothing to speak"
        self._err.print(f"sound: {counts}")
        for reason, n in self._reasons.most_common():
            self._err.print(f"sound: failed {n} times: {reason}", style="red")
