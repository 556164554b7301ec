"""The look, from time to time, at which segments are in force out there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool

from forewarn.console.segments.drafting import Drafting
from forewarn.console.store.database import StoreError

log: Final = structlog.get_logger()
LOOK_S: Final = 1.0


async def look_again_and_again(drafting: Callable[[], Drafting], now_ms: Callable[[], int]) -> None:
    """Look once a second until cancelled."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await run_in_threadpool(drafting().look, now_ms())
        except StoreError as error:
            log.warning("store_waits", why=str(error), what="which segments are in force")
