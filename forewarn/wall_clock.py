"""The time by this machine's clock."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Return the time by this machine's clock, UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000
