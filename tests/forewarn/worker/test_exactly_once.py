"""However workers and broker die, every alert comes out once: the same as of one undisturbed replay."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Final

from tests.broker import Broker
from tests.forewarn.worker.chaos import Chaos

KILLS: Final = int(os.environ.get("FOREWARN_KILLS", "30"))


def test_every_alert_comes_out_once_whatever_dies(own_broker: Broker, tmp_path: Path) -> None:
    """Killed at random, stopped past the time-out, joined and left, with the broker restarted and segments swapped."""
    seed = random.SystemRandom().randrange(1 << 31)
    print(f"seed {seed}")  # noqa: T201  # shown where the test fails
    run = Chaos(own_broker, tmp_path, seed, print).go(KILLS)
    assert run.faults == []
    assert run.kills == KILLS and run.swaps >= 1 and run.zombies >= 1 and run.joins >= 1 and run.broker_restarts >= 1
    assert run.evicted >= 1
    assert run.alerts > 100
