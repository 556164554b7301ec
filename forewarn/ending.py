"""An end by SIGTERM is an end in order: what was written stays valid, and nothing temporary stays behind."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

TERMINATED: Final = 128 + signal.SIGTERM
"""Exit code, 143: what a shell reports of a program that a SIGTERM ended."""


def _end(*_: Any) -> None:
    sys.exit(TERMINATED)


@contextmanager
def terminated_in_order() -> Iterator[None]:
    """Turn a SIGTERM within into SystemExit, so that files are closed and temporary folders removed.

    Only the main thread receives signals; in another one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
