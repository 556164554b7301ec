"""What a process waits for: said at once, again only rarely, and shown as a measure for as long as it lasts."""

from __future__ import annotations

import time
from typing import Any, Final

import structlog
from prometheus_client import Gauge

log: Final = structlog.get_logger()
AGAIN_S: Final = 300.0
"""From one line about the same reason to the next."""


class Waiting:
    """One wait after the other, each for one or more reasons."""

    def __init__(self, gauge: Gauge | None = None) -> None:
        """``gauge`` has a label ``reason``, which is 1 while it is waited for that reason."""
        self._gauge = gauge
        self._since = 0.0
        self._said: dict[str, float] = {}
        self.why = ""
        """What it is waited for now, in full; empty when nothing is."""
        self._reason = ""

    @property
    def seconds(self) -> float:
        """Since when it is waited; 0 when it is not."""
        return time.monotonic() - self._since if self.why else 0.0

    def goes_on(self, event: str, reason: str, why: str, **more: Any) -> None:
        """Note that it is waited, and say ``event`` where that is new or was not said for long.

        ``reason`` is one of few words, ``why`` tells it to a person.
        """
        now = time.monotonic()
        if not self.why:
            self._since = now
        if self._gauge is not None and reason != self._reason:
            self._clear(self._gauge)
            self._gauge.labels(reason).set(1)
        self.why, self._reason = why, reason
        if reason not in self._said or now - self._said[reason] >= AGAIN_S:
            self._said[reason] = now
            log.warning(event, why=why, waited_s=round(now - self._since), **more)

    def for_broker(self, error: Exception) -> None:
        """Note that the broker is waited for, which does not answer."""
        reason = type(error).__name__
        self.goes_on("broker_not_reached", reason, f"the broker does not answer ({reason})")

    def ends(self) -> None:
        """Say that it is over, where there was a wait."""
        if not self.why:
            return
        log.info("going_on", waited_s=round(time.monotonic() - self._since), waited_for=self.why)
        if self._gauge is not None:
            self._clear(self._gauge)
        self.why = self._reason = ""
        self._said.clear()

    def _clear(self, gauge: Gauge) -> None:
        if self._reason:
            gauge.remove(self._reason)
