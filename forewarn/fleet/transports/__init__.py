"""The ways in which a simulated fleet reports, one module each; every module has a ``run``. This table lists them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Final, NamedTuple

from forewarn.fleet.job import Done, Job


class Transport(NamedTuple):
    """One row of the table."""

    module: str
    form: str
    """How it is written after ``--to``."""
    does: str
    takes: frozenset[str]
    """Options of ``forewarn simulate`` that are of use with it, beside those of every simulation."""
    least_interval_s: float = 0.0
    """Least time between two reports of a vehicle, s."""
    planned_ahead_s: int = 0
    """So much longer than the simulation are the drives planned, s: a driver who is told sees the road ahead of him."""


_TERMINALS: Final = frozenset(("versions", "obey", "outages", "heard", "as_json"))
TRANSPORTS: Final = {
    "tcp": Transport(
        "forewarn.fleet.transports.terminals",
        "tcp://HOST:PORT",
        "JT/T 808 terminals that report to a gateway and hear it, at the pace of the clock",
        _TERMINALS,
        1.0,
        120,
    ),
    "tls": Transport(
        "forewarn.fleet.transports.terminals",
        "tls://HOST:PORT",
        "the same, encrypted",
        _TERMINALS | {"ca"},
        1.0,
        120,
    ),
    "kafka": Transport(
        "forewarn.fleet.transports.kafka",
        "kafka",
        "positions on the topic of positions, at any pace",
        frozenset(("config", "pace", "start", "outages", "as_json")),
    ),
}
"""By what ``--to`` begins with."""


def runner(name: str) -> Callable[[Job], Done]:
    """Return how a fleet is let loose by a way of the table; only its own module is loaded.

    What it returns raises click's UsageError for what the user can mend.
    """
    run: Callable[[Job], Done] = importlib.import_module(TRANSPORTS[name].module).run
    return run
