"""Real drives are read to the last point, and the screen refuses what is false in them and nothing else."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ingest.faults import REASONS
from ingest.plausible import distance_m
from ingest.screen import Screen
from tests.ingest.reading import ms, read

pytestmark = pytest.mark.shared_data


@pytest.mark.parametrize(
    ("name", "fixes", "vehicles", "rejected", "first", "last"),
    [
        ("envirocar_tracks.csv.gz", 46_061, 113, {}, "2017-02-09T08:26:26", None),
        ("porto_taxi_train_1500.csv", 71_697, 352, {"empty_polyline": 3}, "2013-07-01T00:00:53", None),
        ("barefoot_munich_x0001-001.json", 1_194, 1, {}, "2014-09-10T04:54:07", "2014-09-10T05:14:02"),
    ],
)
def test_every_point_is_read(shared_data: Path, name, fixes, vehicles, rejected, first, last):
    """Counts are those of the files' own description."""
    got = read(shared_data / name)
    assert len(got) == fixes
    assert len(set(got.column("vehicle"))) == vehicles
    assert Counter(reason for reason, _ in got.faults) == rejected
    times = got.column("time_ms")
    assert times == sorted(times)
    assert times[0] == ms(first)
    assert last is None or times[-1] == ms(last)


def test_order_does_not_depend_on_sizes(shared_data: Path):
    """Grouped by drive and packed: sorted by way of the disk, the same as in memory."""
    path = shared_data / "envirocar_tracks.csv.gz"
    small = read(path, block_bytes=200_000, batch_rows=1000, run_rows=5000)
    assert small.rows() == read(path).rows()


def test_both_speeds_of_a_car_are_told_apart(shared_data: Path):
    """GPS and OBD."""
    got = read(shared_data / "envirocar_tracks.csv.gz")
    gps = np.concatenate([b.speed_kmh for b in got.batches])
    obd = np.concatenate([b.recorder_kmh for b in got.batches])
    both = np.isfinite(gps) & np.isfinite(obd)
    assert np.count_nonzero(both) > 30_000
    assert np.median(np.abs(gps - obd)[both]) < 3.0
    assert (gps != obd)[both].mean() > 0.5


def refused(path: Path) -> tuple[Counter, list, list]:
    """Counts, faults and the batches let through."""
    screen = Screen()
    parts = [screen.apply(b) for b in read(path).batches] + [screen.flush()]
    return screen.counts, [f for p in parts for f in p.rejected.faults], [p.batch for p in parts]


def test_car_drives_lose_only_doubled_fixes(shared_data: Path):
    """enviroCar: one drive holds seven seconds twice. Munich: nothing."""
    assert refused(shared_data / "envirocar_tracks.csv.gz")[0] == {"duplicate": 7}
    assert refused(shared_data / "barefoot_munich_x0001-001.json")[0] == {}


def test_taxi_drives_lose_their_excursions(shared_data: Path):
    """Porto: positions jump away and come back; what is left is in order and hardly jumps any more."""
    counts, faults, batches = refused(shared_data / "porto_taxi_train_1500.csv")
    assert counts == {"teleport": 161, "duplicate": 2}
    tracks: dict[str, list] = {}
    for b in batches:
        for v, t, lon, lat in zip(b.vehicle, b.time_ms, b.lon, b.lat, strict=True):
            tracks.setdefault(b.vehicles[v], []).append((int(t), lon, lat))
    jumps = 0
    for track in tracks.values():
        assert [t for t, *_ in track] == sorted({t for t, *_ in track})
        for (t0, *a), (t1, *b) in pairwise(track):
            jumps += distance_m(*a, *b) > 250 / 3.6 * (t1 - t0) / 1000 + 100
    assert jumps <= 16
    assert {REASONS[f["reason"]] for f in faults} == {"teleport", "duplicate"}
