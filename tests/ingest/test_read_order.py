"""Many files and vehicles in one order, in bounded memory, the same whatever the sizes of blocks, batches and runs."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.files import ReadOptions, open_history
from ingest.files.merge import merged
from ingest.rows import ROW
from tests.ingest.reading import read

HEAD = "vehicle,time,lon,lat\n"
SMALL = {"block_bytes": 256, "batch_rows": 7, "run_rows": 20}


def write(path, fixes) -> None:
    """Write (vehicle, seconds, mark) as rows; the mark goes into the longitude, to know a row again."""
    path.write_text(HEAD + "".join(f"{v},{1704443415 + s},{mark},0.5\n" for v, s, mark in fixes))


def key(got):
    """What a reading gave, row by row."""
    return list(zip(got.column("vehicle"), got.column("time_ms"), got.column("lon"), strict=True))


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 30)), max_size=80), min_size=1, max_size=4),
    st.booleans(),
)
def test_the_order_is_that_of_time_then_file_then_row(tmp_path_factory, drives, in_order):
    """Whatever the sizes: a stable sort of all rows by time. Sorted files are read straight through, others by runs."""
    folder = tmp_path_factory.mktemp("order")
    paths, expected, mark = [], [], 0
    for i, drive in enumerate(drives):
        fixes = []
        for v, s in sorted(drive, key=lambda f: f[1]) if in_order else drive:
            fixes.append((v, s, mark / 1000))
            mark += 1
        write(folder / f"{i}.csv", fixes)
        paths.append(folder / f"{i}.csv")
        expected += [(v, (1704443415 + s) * 1000, m) for v, s, m in fixes]
    if not expected:
        return
    expected.sort(key=lambda row: row[1])
    assert key(read(*paths)) == expected
    assert key(read(*paths, **SMALL)) == expected
    assert key(read(*paths, block_bytes=40, batch_rows=3, run_rows=1)) == expected


def test_arrival_goes_before_the_time_of_the_fix(tmp_path):
    """A late fix comes when it arrived; what does not tell its arrival comes at its own time."""
    path = tmp_path / "x.csv"
    path.write_text(
        "vehicle,time,received_at,lon,lat\nA,1704443400,1704443401,1,1\nA,1704443300,1704443500,2,2\n"
        "A,1704443450,1704443451,3,3\nB,1704443440,,4,4\n"
    )
    assert read(path).column("lon") == [1, 4, 3, 2]


def test_all_batches_share_one_dictionary_that_grows(tmp_path):
    """Names come to it as they are read; the codes of a batch stay right in it, whatever comes after."""
    path = tmp_path / "x.csv"
    write(path, [(f"truck-{i}", i, 1.0) for i in range(3000)])
    options = ReadOptions(block_bytes=1024, batch_rows=100)
    known, batches = [], []
    for batch in open_history([path], options=options, on_reject=print):
        known.append(len(batch.vehicles))
        batches.append(batch)
    assert known[0] < 300 and known == sorted(known) and known[-1] == 3000
    assert all(b.vehicles is batches[0].vehicles for b in batches)
    assert [b.vehicles[c] for b in batches for c in b.vehicle] == [f"truck-{i}" for i in range(3000)]


@pytest.mark.parametrize("shuffled", [False, True])
def test_memory_holds_runs_and_not_the_file(tmp_path, shuffled):
    """The disk takes what does not fit; it is given back at the end, and also when one stops early."""
    fixes = [("A", i, 0.5) for i in range(5000)]
    if shuffled:
        random.Random(1).shuffle(fixes)
    write(tmp_path / "x.csv", fixes)
    temp = tmp_path / "temp"
    temp.mkdir()
    options = ReadOptions(block_bytes=1024, batch_rows=100, run_rows=500, temp_dir=temp)
    history = open_history([tmp_path / "x.csv"], options=options, on_reject=print)
    next(history)
    runs = list(temp.rglob("*.rows"))
    assert len(runs) in range(6, 11) if shuffled else len(runs) == 0
    assert all(r.stat().st_size < 700 * ROW.itemsize for r in runs)
    history.close()
    assert list(temp.iterdir()) == []


def test_equal_keys_without_end_do_not_pile_up():
    """Sources whose rows all have one key are given out one after the other, never held."""

    def source(mark: float):
        for _ in range(50):
            rows = np.zeros(10, ROW)
            rows["lon"] = mark
            yield rows

    sizes, order = [], []
    for rows in merged([source(1.0), source(2.0)]):
        sizes.append(rows.size)
        order += rows["lon"].tolist()
    assert max(sizes) <= 20
    assert order == [1.0] * 500 + [2.0] * 500
