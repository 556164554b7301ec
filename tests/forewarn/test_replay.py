"""Replay: however the files are cut and whatever the portions, the same alerts and passages, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.record import iso
from forewarn.pacing import Paced
from forewarn.replay import SIMULATED, Plan, Replay, Tally
from forewarn.sinks.jsonl import JsonLines
from ingest.errors import NothingUsable
from ingest.files.options import ReadOptions
from ingest.positions import UNKNOWN_MS, PositionBatch, Reject
from tests.alerts.rules.test_approach import PAST_EXIT, TO_EXIT
from tests.alerts.scene import START_MS, drive, engine_over
from tests.alerts.test_engine import drives, roads, shuffled

HEADER = "vehicle,driver,time,received_at,lon,lat,speed_kmh,heading_deg\n"


def rows(batch: PositionBatch) -> list[str]:
    """The lines of a CSV."""

    def number(value: float) -> str:
        return "" if np.isnan(value) else f"{value:.7f}"

    return [
        ",".join(
            (
                batch.vehicles[batch.vehicle[k]],
                batch.drivers[batch.driver[k]] if batch.driver[k] >= 0 else "",
                iso(int(batch.time_ms[k])),
                "" if batch.received_ms[k] == UNKNOWN_MS else iso(int(batch.received_ms[k])),
                *(number(float(c[k])) for c in (batch.lon, batch.lat, batch.speed_kmh, batch.heading_deg)),
            )
        )
        + "\n"
        for k in range(len(batch))
    ]


def csv(path: Path, batch: PositionBatch) -> Path:
    """Write a batch as a file of history."""
    path.write_text(HEADER + "".join(rows(batch)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A segment file with an exit and a village."""
    folder = tmp_path_factory.mktemp("roads")
    engine_over(folder, roads())
    return folder / "roads.geojson"


def replayed(plan: Plan, folder: Path, **more: Any) -> tuple[bytes, bytes, Replay]:
    """The two files of a replay."""
    replay = Replay(plan)
    replay.run([JsonLines(folder / "alerts.jsonl", "alerts"), JsonLines(folder / "passages.jsonl", "passages")], **more)
    return (folder / "alerts.jsonl").read_bytes(), (folder / "passages.jsonl").read_bytes(), replay


@hypothesis_settings(max_examples=15)
@given(drives(), st.integers(0, 99), st.sampled_from([1, 7, 50]), st.integers(50, 400), st.integers(1, 3))
def test_any_files_and_portions_give_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    segments: Path,
    made: list[PositionBatch],
    seed: int,
    batch_rows: int,
    run_rows: int,
    files: int,
) -> None:
    """One file in one portion, or several files merged in small ones by way of the disk."""
    folder = tmp_path_factory.mktemp("drives")
    unique = [one.take(np.sort(np.unique(one.time_ms, return_index=True)[1])) for one in made]
    together = csv(folder / "all.csv", shuffled(unique, seed))
    parts: list[Path] = []
    for k in range(files):
        own = unique[k::files]
        if own:
            parts.append(csv(folder / f"part{k}.csv", shuffled(own, seed + 1)))
    whole = replayed(Plan(files=[together], segments=segments), folder)
    small = ReadOptions(batch_rows=batch_rows, run_rows=run_rows, block_bytes=4000)
    cut = replayed(Plan(files=parts, segments=segments, options=small), folder)
    assert cut[:2] == whole[:2]
    assert cut[2].tally.fixes == whole[2].tally.fixes
    for content, key in ((whole[0], "at"), (whole[1], "approached_at")):
        times = [json.loads(line)[key] for line in content.splitlines()]
        assert times == sorted(times)


def test_pace_changes_nothing_but_the_time_it_takes(tmp_path: Path, segments: Path) -> None:
    """At a million times real time the portions are other ones, the records are the same."""
    plan = Plan(files=[csv(tmp_path / "d.csv", drive(TO_EXIT, every_s=5))], segments=segments)
    assert replayed(plan, tmp_path, paced=Paced(1e6))[:2] == replayed(plan, tmp_path)[:2]


def test_delay_makes_stale_what_comes_too_late(tmp_path: Path, segments: Path) -> None:
    """What if every fix arrived two minutes late: raised for the record, nothing spoken; the passages stay."""
    path = csv(tmp_path / "d.csv", drive(TO_EXIT, every_s=5))
    spoken = replayed(Plan(files=[path], segments=segments), tmp_path)
    late = replayed(Plan(files=[path], segments=segments, delay_s=120), tmp_path)
    assert b'"prompt":{' in spoken[0]
    assert b'"prompt":{' not in late[0] and b"stale" in late[0]
    entered = [json.loads(p)["entered_at"] for content in (spoken[1], late[1]) for p in content.splitlines()]
    assert entered[0] == entered[1] is not None


def test_delay_replaces_the_arrival_times_of_the_file(tmp_path: Path, segments: Path) -> None:
    """A file that says that all came late, asked what if it had not."""
    path = csv(tmp_path / "d.csv", drive(TO_EXIT, every_s=5, delay_s=300))
    assert b'"prompt":{' not in replayed(Plan(files=[path], segments=segments), tmp_path)[0]
    assert b'"prompt":{' in replayed(Plan(files=[path], segments=segments, delay_s=0), tmp_path)[0]


def test_summary_counts_what_happened(tmp_path: Path, segments: Path) -> None:
    """Fixes, period, passages by kind, prompts by form, repeaters; rejects by reason with the first of each."""
    batches = [drive(TO_EXIT, every_s=5, start_s=4000 * k) for k in range(3)]
    text = HEADER + "".join(line for b in batches for line in rows(b)) + "T1,,not a time,,114.1,22.7,50,0\n"
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    replay = replayed(Plan(files=[tmp_path / "d.csv"], segments=segments), tmp_path)[2]
    summary = replay.summary()
    assert summary["fixes"] == sum(map(len, batches))
    assert summary["vehicles"] == summary["unregistered"] == 1
    assert summary["from"] == iso(START_MS)
    assert summary["passages"] == {"ramp": 3} == summary["passages_warned"]
    assert summary["prompts"]["approach conditional"] == 3
    assert summary["repeaters"][0]["ignored"] == 3
    assert sum(summary["rejected"].values()) == 1
    [reject] = replay.tally.examples.values()
    assert (Path(reject.source).name, reject.line) == ("d.csv", sum(map(len, batches)) + 2)
    assert json.loads(json.dumps(summary)) == summary


def test_implausible_fixes_are_counted_by_reason(tmp_path: Path, segments: Path) -> None:
    """A zero position, a double and a jump: out of the drive, into the counts, one example each."""
    batch = drive(PAST_EXIT, every_s=5)
    lon, lat = batch.lon.copy(), batch.lat.copy()
    lon[3] = lat[3] = 0.0
    lat[8] += 0.5
    bad = replace(batch, lon=lon, lat=lat).take(np.array([*range(12), 11, *range(12, len(batch))]))
    replay = replayed(Plan(files=[csv(tmp_path / "d.csv", bad)], segments=segments), tmp_path)[2]
    assert replay.summary()["rejected"] == {"zero": 1, "duplicate": 1, "teleport": 1}
    assert set(replay.tally.examples) == {"zero", "duplicate", "teleport"}
    assert replay.tally.fixes == len(batch) - 2


def test_of_several_files_the_one_with_the_implausible_fix_is_named(tmp_path: Path, segments: Path) -> None:
    """With the line in it, though the files were merged."""
    good, bad = (drive(PAST_EXIT, every_s=5, vehicle=name) for name in ("T1", "T2"))
    lat = bad.lat.copy()
    lat[8] += 0.5
    files = [csv(tmp_path / "a.csv", good), csv(tmp_path / "b.csv", replace(bad, lat=lat))]
    replay = replayed(Plan(files=files, segments=segments), tmp_path)[2]
    [reject] = replay.tally.examples.values()
    assert (reject.reason, Path(reject.source).name, reject.line) == ("teleport", "b.csv", 10)


def test_register_gives_class_and_language(tmp_path: Path, segments: Path) -> None:
    """One vehicle is registered with English; the other takes the defaults and is counted."""
    register = tmp_path / "register.csv"
    register.write_text("vehicle,class,language\nT1,truck,en\n", encoding="utf-8")
    both = shuffled([drive(PAST_EXIT, vehicle="T1"), drive(PAST_EXIT, vehicle="T2")], 1)
    alerts, _, replay = replayed(
        Plan(files=[csv(tmp_path / "d.csv", both)], segments=segments, register=register), tmp_path
    )
    records = [json.loads(line) for line in alerts.splitlines()]
    assert {(a["vehicle"], a["prompt"]["language"]) for a in records if a["prompt"]} == {("T1", "en"), ("T2", "zh")}
    assert replay.summary()["unregistered"] == 1
    assert replay.languages == ["en", "zh"]


def test_vehicles_of_another_datum_are_moved_alone(tmp_path: Path, segments: Path) -> None:
    """Also those whose names come late in the files: some hundred metres in China, the others stay where they are."""
    register = tmp_path / "register.csv"
    register.write_text("vehicle,datum\nT1,gcj02\nT3,gcj02\n", encoding="utf-8")
    one = drive(PAST_EXIT)
    lines = [line for k in range(4) for line in rows(drive(PAST_EXIT, vehicle=f"T{k}", start_s=9000 * k))]
    (tmp_path / "d.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    options = ReadOptions(block_bytes=500, batch_rows=3)
    plan = Plan(files=[tmp_path / "d.csv"], segments=segments, register=register, options=options)
    moved: dict[str, list[float]] = {}
    for batch in Replay(plan).batches():
        for code, lon in zip(batch.vehicle, batch.lon, strict=True):
            moved.setdefault(batch.vehicles[code], []).append(lon)
    shift_deg = {name: np.abs(np.array(lon) - one.lon).min() for name, lon in moved.items()}
    assert sorted(name for name, deg in shift_deg.items() if deg > 1e-3) == ["T1", "T3"]
    assert max(shift_deg["T0"], shift_deg["T2"]) < 1e-6


def test_classes_that_the_profile_does_not_know_are_named_and_counted(tmp_path: Path, segments: Path) -> None:
    """In the summary: a class is free, but one that was misspelt must not pass for one with figures of its own."""
    register = tmp_path / "register.csv"
    register.write_text("vehicle,class\nT1,hazmt_truck\nT2,hazmt_truck\nT3,car\nT4,\n", encoding="utf-8")
    plan = Plan(files=[csv(tmp_path / "d.csv", drive(PAST_EXIT))], segments=segments, register=register)
    own, *rest = replayed(plan, tmp_path)[2].summary()["notes"]
    for word in ("hazmt_truck", "cn-hazmat", "hazmat_truck", "2 registered vehicles"):
        assert word in own
    assert not any("class" in note for note in rest)
    for note in Replay(replace(plan, register=None, vehicle_class="lorry")).notes:
        assert "'lorry'" in note and "every vehicle that is not registered" in note
    assert Replay(replace(plan, register=None)).notes == []


@pytest.mark.parametrize(("vehicle", "simulated"), [("SIM-00001", True), ("T1", False)])
def test_simulated_vehicles_are_named_so_in_the_summary(
    tmp_path: Path, segments: Path, vehicle: str, simulated: bool
) -> None:
    """Among the notes, which a person and a program read."""
    plan = Plan(files=[csv(tmp_path / "d.csv", drive(PAST_EXIT, vehicle=vehicle))], segments=segments)
    assert (SIMULATED in replayed(plan, tmp_path)[2].summary()["notes"]) is simulated


def test_sinks_are_closed_when_nothing_was_usable(tmp_path: Path, segments: Path) -> None:
    """The error goes on, and the files are valid and empty."""
    (tmp_path / "d.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(NothingUsable):
        replayed(Plan(files=[tmp_path / "d.csv"], segments=segments), tmp_path)
    assert (tmp_path / "alerts.jsonl").read_bytes() == b""


def test_interrupted_in_the_middle_the_files_are_valid(tmp_path: Path, segments: Path) -> None:
    """Ctrl-C between two batches: whole lines, in order, a beginning of what would have come."""
    path = csv(tmp_path / "d.csv", shuffled([drive(TO_EXIT, every_s=1, vehicle=f"T{k}") for k in range(5)], 3))
    plan = Plan(files=[path], segments=segments, options=ReadOptions(batch_rows=40))
    whole = replayed(plan, tmp_path)[0].splitlines()
    seen = 0

    def stop(_: PositionBatch) -> None:
        nonlocal seen
        seen += 1
        if seen == 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replayed(plan, tmp_path, tap=stop)
    content = (tmp_path / "alerts.jsonl").read_bytes()
    cut = content.splitlines()
    assert content.endswith(b"\n")
    assert 0 < len(cut) < len(whole)
    assert set(cut) <= set(whole)


def test_tally_keeps_the_first_example_of_each_reason() -> None:
    """And counts all."""
    tally = Tally()
    for line in (7, 9):
        tally.reject(Reject("bad_number", "d.csv", line, "x"))
    assert tally.rejected == {"bad_number": 2}
    assert tally.examples["bad_number"].line == 7
