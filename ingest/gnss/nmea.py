"""NMEA 0183 as it comes from a receiver: bytes in, fixes out, without I/O. What sentences say is ``sentences``'."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from ingest.gnss.fix import Fix
from ingest.gnss.lines import Lines
from ingest.gnss.sentences import Moments
from ingest.positions import UNKNOWN_MS

ROLLOVER_MS: Final = 1024 * 7 * 86_400_000
"""The week number of GPS has ten bits: a receiver that does not know better tells a date of 1,024 weeks ago."""
FLOOR_MS: Final = 1_735_689_600_000
"""2025-01-01: no fix that comes in live is older."""


class Decoder:
    """One stream of sentences, from its beginning."""

    greeting: Final = b""
    """What a receiver of this kind is to be sent at first."""

    def __init__(self, counts: Counter[str]) -> None:
        """Count what is not used, by reason, in ``counts``."""
        self._counts = counts
        self._lines = Lines()
        self._moments = Moments(self._reject, eager=True, checksums=True)

    @property
    def pending(self) -> bool:
        """Whether a fix waits for further sentences, or for ``idle``."""
        return self._moments.pending

    @property
    def satellites(self) -> int | None:
        """How many satellites are used; None where that is not known."""
        return self._moments.satellites

    def feed(self, data: bytes) -> list[Fix]:
        """Return the fixes that are whole by now."""
        fixes: list[Fix] = []
        too_long = self._lines.too_long
        for number, line in self._lines.feed(data):
            if not line:
                continue
            if "$" not in line:
                self._counts["no_sentence"] += 1
            elif line.count("$") > 1:
                self._counts["cut_off"] += 1
            fixes += self._usable(self._moments.take(line, number))
        self._counts["too_long"] += self._lines.too_long - too_long
        return fixes

    def idle(self) -> list[Fix]:
        """Return the fix that waits: the receiver has fallen silent for now."""
        return self._usable(self._moments.close())

    def _reject(self, reason: str, line: int, detail: str) -> None:  # noqa: ARG002  # counted alone
        self._counts[reason] += 1

    def _usable(self, fixes: list[Fix]) -> list[Fix]:
        found = []
        for fix in fixes:
            if not fix.valid or math.isnan(fix.lon) or math.isnan(fix.lat):
                self._counts["no_fix"] += 1
            elif fix.time_ms == UNKNOWN_MS:
                self._counts["no_date"] += 1
            else:
                found.append(fix._replace(time_ms=rolled_over(fix.time_ms)))
        return found


def rolled_over(time_ms: int) -> int:
    """Return a time as late as it must be, where the receiver has lost count of GPS's weeks."""
    while time_ms < FLOOR_MS:
        time_ms += ROLLOVER_MS
    return time_ms
