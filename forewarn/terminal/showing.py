"""The panel kept up to date: the newest fix, whether it is night, and what does not work."""

from __future__ import annotations

import time
from typing import Any, Final

from alerts.cab import View
from forewarn.terminal.display import Board
from forewarn.terminal.judging import Judging
from forewarn.terminal.shown import driven, is_night
from ingest.positions import PositionBatch

SAID_S: Final = 60.0
"""How long the last sentence stands on the panel, s."""
FIX_S: Final = 5.0
"""A fix older than this is not shown any more: its distance is wrong by then."""


class Showing:
    """Puts together what the board shows."""

    def __init__(self, board: Board, night: str, judging: Judging) -> None:
        """``night`` is ``sun``, ``always`` or ``never``."""
        self._board, self._night, self._judging = board, night, judging
        self._fix: dict[str, Any] | None = None
        self._fix_s = 0.0
        self._dark = night != "never"
        self._said: tuple[str, str] | None = None
        self._said_s = 0.0

    def drove(self, view: View, batch: PositionBatch) -> None:
        """Take the last fix of a batch, and what is to be seen there."""
        self._fix = driven(view, batch, self._judging.language, miles=self._judging.miles)
        self._fix_s = time.monotonic()
        if self._night == "sun":
            self._dark = is_night(float(batch.lon[-1]), float(batch.lat[-1]), int(batch.time_ms[-1]))

    def turn(
        self, *, paused: bool, satellites: int | None, said: tuple[str, str] | None, sound: bool, stored: bool
    ) -> None:
        """Show what is so now."""
        now_s = time.monotonic()
        if said is not self._said:
            self._said, self._said_s = said, now_s
        faults = {"sound": not sound, "state": not stored, "segments": len(self._judging.segments) == 0}
        self._board.show(
            language=self._judging.language,
            night=self._dark,
            paused=paused,
            satellites=satellites,
            fix=self._fix if now_s < self._fix_s + FIX_S else None,
            said=said[0] if said is not None and now_s < self._said_s + SAID_S else "",
            faults=[name for name, wrong in faults.items() if wrong],
        )
