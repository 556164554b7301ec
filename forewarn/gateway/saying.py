"""What whoever connects brings about is said a few times of each kind, and then only how often more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import structlog

log: Final = structlog.get_logger()
MOST: Final = 10
"""Warnings of a kind in ``PER_S``."""
PER_S: Final = 60.0


class _Kind:
    """One kind of warning, in the time that runs."""

    def __init__(self, began_s: float) -> None:
        self.began_s = began_s
        self.said = 0
        self.left_out = 0


class Saying:
    """Says them; ``pass_on`` is to be called from time to time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` tells seconds that only go forward."""
        self._clock = clock
        self._kinds: dict[str, _Kind] = {}

    def warn(self, event: str, **more: Any) -> None:
        """Say it, or count it where it was said often enough."""
        if self._more(event):
            log.warning(event, **more)

    def info(self, event: str, **more: Any) -> None:
        """Say it where it is no fault, or count it."""
        if self._more(event):
            log.info(event, **more)

    def exception(self, event: str, **more: Any) -> None:
        """Say it with the exception that is being handled, or count it."""
        if self._more(event):
            log.exception(event, **more)

    def _more(self, event: str) -> bool:
        self.pass_on()
        kind = self._kinds.setdefault(event, _Kind(self._clock()))
        if kind.said >= MOST:
            kind.left_out += 1
            return False
        kind.said += 1
        return True

    def pass_on(self, *, ending: bool = False) -> None:
        """Say how many were left out of the kinds whose time is over; at the end, of all."""
        now_s = self._clock()
        for event in [e for e, kind in self._kinds.items() if ending or now_s - kind.began_s >= PER_S]:
            kind = self._kinds.pop(event)
            if kind.left_out:
                log.warning("left_out", of=event, count=kind.left_out, in_s=round(now_s - kind.began_s))
