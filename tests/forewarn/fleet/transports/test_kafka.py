"""A simulated fleet as positions on a real topic."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.forewarn.fleet.gateways import options, simulate, summary
from tests.forewarn.fleet.stage import exit_file
from tests.forewarn.fleet.transports.test_terminals import positions
from tests.forewarn.worker.stream import Stream

START = "2026-03-02T06:00:00Z"
START_MS = 1_772_431_200_000


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    """The road."""
    return exit_file(tmp_path / "exit.geojson")


def test_the_topic_holds_the_very_drives_of_the_file(kafka: str, tmp_path: Path, roads: Path) -> None:
    """Without losses every position is that of the file of the same seed; times and arrival tell the same."""
    stream, out = Stream(kafka, tmp_path), tmp_path / "fleet.csv"
    made = options(roads, "kafka", hours=0.1, outages=0, start=START, pace=600, config=stream.file())
    result = simulate(*made, "--json")
    assert result.code == 0, result.err
    told = summary(result)
    batch = positions(stream)
    assert told["simulated"] and len(batch) == told["sent"] > 1000 and not batch.history.any()
    drop = made.index("--to")
    plain = [*made[:drop], *made[drop + 2 :]]
    for option in ("--outages", "--pace", "--config"):
        at = plain.index(option)
        del plain[at : at + 2]
    assert simulate(*plain, "-o", out).code == 0
    table = pl.read_csv(out, try_parse_dates=True)
    sent = sorted(zip([batch.vehicles[k] for k in batch.vehicle.tolist()], batch.time_ms.tolist(), strict=True))
    written = sorted(zip(table["vehicle"], table["time"].dt.epoch("ms"), strict=True))
    assert sent == written
    assert (batch.received_ms >= batch.time_ms).all()
    assert {batch.drivers[k] for k in batch.driver.tolist()} == set(table["driver"])


def test_losses_of_the_network_come_late_and_as_history(kafka: str, tmp_path: Path, roads: Path) -> None:
    """What was held back arrives after the loss, marked; the truth is beside it and says simulated."""
    stream, truth = Stream(kafka, tmp_path), tmp_path / "truth.csv"
    made = options(roads, "kafka", hours=0.2, outages=12, start=START, pace=600, config=stream.file(), truth=truth)
    result = simulate(*made)
    assert result.code == 0 and "of them late" in result.out and "SIMULATED 模拟" in result.out
    batch = positions(stream)
    assert 0.02 < batch.history.mean() < 0.6
    behind_s = (batch.received_ms - batch.time_ms) / 1000
    assert np.median(behind_s[batch.history]) > 15 and behind_s[~batch.history].max() < 15
    assert (pl.read_csv(truth)["simulated"] == 1).all()


def test_at_pace_1_the_fleet_starts_now_and_takes_its_time(kafka: str, tmp_path: Path, roads: Path) -> None:
    """Times are those of the clock, within the delay of a report."""
    stream = Stream(kafka, tmp_path)
    before_s = time.time()
    assert simulate(*options(roads, "kafka", hours=0.004, outages=0, config=stream.file())).code == 0
    took_s = time.time() - before_s
    batch = positions(stream)
    assert took_s > 13
    assert batch.time_ms.min() >= before_s * 1000 and batch.time_ms.max() <= (before_s + took_s) * 1000 + 5_000
