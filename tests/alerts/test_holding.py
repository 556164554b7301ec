"""How much is kept of a vehicle: little of one that nothing concerns, and more only as long as it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.rules import State
from ingest.positions import PositionBatch
from ingest.screen import Screen
from tests.alerts.scene import drive, engine_over, motorway_exit

MOST_BYTES = 300
"""Of a known vehicle near nothing, names and sparse counts apart."""
HOUR_S = 3600.0
KMH = 80.0


def rows_in_use(state: State) -> dict[str, int]:
    """How many rows of each pool somebody has."""
    pools = {**state._asdict(), **state.clocks._asdict()}
    return {name: int(p.ends[2]) for name, p in pools.items() if hasattr(p, "ends") and p.ends[2]}


def far(hours: float = 3.0, from_m: float = 200_000.0, **more: Any) -> PositionBatch:
    """A drive far from every road of the file."""
    return drive([(from_m, 0), (from_m + hours * KMH * 1000, 0)], kmh=KMH, **more)


def kept(engine: Engine, screen: Screen) -> float:
    """Bytes of the tables of one vehicle with one driver, and of its rows in the pools."""
    tables = {**engine.saved().tables, **{f"screen {name}": t for name, t in screen.saved().tables.items()}}
    apart = ("repeats", "passages", "screen held", "screen free")
    rows = {name: t for name, t in tables.items() if name not in apart and not name.endswith("_ends")}
    neutral = {name: t.nbytes // t.shape[0] for name, t in rows.items() if name.endswith("_rows")}
    assert all(t.shape[0] == 1 for name, t in rows.items() if name not in neutral)
    return sum(t.nbytes for t in rows.values()) - sum(neutral.values())


@pytest.mark.parametrize("driver", [None, "Li"])
def test_a_vehicle_near_nothing_takes_300_bytes_at_most(tmp_path: Path, driver: str | None) -> None:
    """After hours of driving with a light in between, all tables of rules and screen together."""
    engine, screen = engine_over(tmp_path, motorway_exit()), Screen()
    batch = far(driver=driver)
    batch.speed_kmh[100:104] = 0.0
    engine.step(screen.apply(batch).batch)
    assert rows_in_use(engine.state) == {}
    assert 200 < kept(engine, screen) <= MOST_BYTES


def test_who_was_near_is_soon_as_small_again(tmp_path: Path) -> None:
    """Candidates and tracks go when it is over; that it was spoken to counts for hours of driving."""
    engine = engine_over(tmp_path, motorway_exit())
    engine.step(drive([(-2000, 0), (0, 0), (60, -6), (150, -30), (300, -90)], kmh=80))
    assert {"match", "pool", "pace"} <= rows_in_use(engine.state).keys()
    engine.step(far(hours=0.5, start_s=900.0))
    assert rows_in_use(engine.state) == {"pace": 1}
    engine.step(far(hours=2.0, start_s=900.0 + HOUR_S))
    assert rows_in_use(engine.state) == {}


def test_a_rest_is_remembered_only_while_it_may_turn_out_to_be_none(tmp_path: Path) -> None:
    """One in which the vehicle kept reporting stands; of one in silence a late fix may still tell that it drove."""
    reporting, silent = engine_over(tmp_path, motorway_exit()), engine_over(tmp_path, motorway_exit())
    there_m = 200_000.0 + 1000 * KMH
    for engine in (reporting, silent):
        engine.step(far(hours=1.0))
    reporting.step(drive([(there_m, 0), (there_m + 1, 0)], kmh=[0.0] * 355, start_s=HOUR_S + 10.0))
    assert rows_in_use(reporting.state) == {"rest": 1}, "while it stands"
    for engine in (reporting, silent):
        engine.step(far(hours=1.0, from_m=there_m, start_s=2.0 * HOUR_S))
    assert rows_in_use(reporting.state) == {}
    assert rows_in_use(silent.state) == {"rest": 1, "gaps": 1}


def test_the_drivers_of_a_vehicle_keep_their_clocks(tmp_path: Path) -> None:
    """However many there are and in whatever order they come back."""
    engine = engine_over(tmp_path, motorway_exit())
    order = ["Li", "Wang", None, "Li", "Zhao", "Wang", None, "Zhao", "Li"]
    rows = []
    for turn, driver in enumerate(order):
        fix = engine.fixes(far(hours=0.01, start_s=100.0 * turn, driver=driver))
        rows.append(int(np.unique(fix["clock"])[0]))
    assert rows == [0, 1, 2, 0, 3, 1, 2, 3, 0]
    assert engine.roster.drivers == ["Li", "Wang", None, "Zhao"]
