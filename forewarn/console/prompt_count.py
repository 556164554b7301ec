"""How many prompts drivers were given in the last hour, by carrier: each minute is counted once it is over.

A fleet's hour are a hundred thousand of them, and pages are told each few seconds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from forewarn.console.store import days
from forewarn.console.store.database import Connection

MINUTE_MS: Final = 60_000
HOUR_MIN: Final = 60
STILL_COME_MIN: Final = 2
"""So many minutes are counted anew each time: records come later than they were written."""


class PromptCount:
    """Of one console; its method may be called from several threads."""

    def __init__(self, carrier_of: Callable[[str], str | None]) -> None:
        """``carrier_of`` tells whose a vehicle is by the register."""
        self._carrier_of = carrier_of
        self._minutes: dict[int, Counter[str | None]] = {}
        self._lock = threading.Lock()

    def last_hour(self, c: Connection, at_ms: int) -> Counter[str | None]:
        """Return the prompts of this minute and the 59 before it by carrier; None: of all vehicles, whosever."""
        now = at_ms // MINUTE_MS
        with self._lock:
            kept = [at for at in self._minutes if now - HOUR_MIN < at <= now - STILL_COME_MIN]
            known = {at: self._minutes[at] for at in kept}
            first = max(kept, default=now - HOUR_MIN) + 1
            self._minutes = known | {at: self._of_minute(c, at) for at in range(first, now + 1)}
            return sum(self._minutes.values(), Counter[str | None]())

    def _of_minute(self, c: Connection, at: int) -> Counter[str | None]:
        found = Counter[str | None]()
        for vehicle, count in days.prompts_between(c, at * MINUTE_MS, (at + 1) * MINUTE_MS):
            for carrier in {None, self._carrier_of(vehicle)}:
                found[carrier] += count
        return found
