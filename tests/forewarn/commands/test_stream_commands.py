"""The commands around the stream, as a user types them, on a real broker."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forewarn.cli import forewarn
from tests.alerts.scene import drive, motorway_exit
from tests.alerts.test_engine import EXIT_WAY
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import ENVIRONMENT, RUN, Process, Stream, until


def typed(*words: str | Path) -> Result:
    """What comes of a command line."""
    return CliRunner().invoke(forewarn, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """A stream without segments yet."""
    return Stream(kafka, tmp_path)


def drive_file(folder: Path) -> Path:
    """A simulated truck's way to the exit, as a file."""
    batch = drive(EXIT_WAY, vehicle="SIM-00001", delay_s=2.0)
    path = folder / "drive.csv"
    rows = zip(batch.time_ms, batch.lon, batch.lat, batch.speed_kmh, batch.heading_deg, strict=True)
    lines = [f"SIM-00001,{t},{lon:.7f},{lat:.7f},{kmh:.1f},{deg:.1f}" for t, lon, lat, kmh, deg in rows]
    path.write_text("\n".join(["vehicle,time_ms,lon,lat,speed_kmh,heading", *lines]) + "\n", "utf-8")
    return path


def test_one_file_goes_the_whole_way(stream: Stream, tmp_path: Path) -> None:
    """Published segments, a worker, history onto the topic, and what comes out as lines and as JSON."""
    roads, config = tmp_path / "roads.geojson", stream.file()
    roads.write_bytes(document(motorway_exit()))
    published = typed("segments", "publish", roads, "--config", config)
    assert published.return_value == 0 and "published roads.geojson: 1 segments" in published.output
    register = tmp_path / "fleet.csv"
    register.write_text("vehicle,carrier\nSIM-00001,Harbour Haulage\nSIM-00009,Inland Oil\n", "utf-8")
    assert typed("vehicles", "publish", register, "--config", config).output == "published 2 vehicles\n"
    worker = Process(stream, "worker")
    worker.start()
    try:
        sent = typed("replay", drive_file(tmp_path), "--to-kafka", "--config", config, "--json")
        assert json.loads(sent.output.splitlines()[-1])["sent"] > 10
        stream.wait_until_read()
    finally:
        assert worker.end(signal.SIGTERM) == 0
    lines = typed("watch", "--from-beginning", "--until-now", "--config", config)
    assert "前方" in lines.output and "SIM-00001" in lines.output and "SIMULATED" in lines.output
    told = typed("watch", "--from-beginning", "--until-now", "--json", "--config", config)
    alerts = [json.loads(line) for line in told.stdout.splitlines()]
    assert [a["segment"]["id"] for a in alerts if a["kind"] == "approach"]
    for options, any_left in (
        (("--carrier", "Harbour Haulage"), True),
        (("--carrier", "Inland Oil"), False),
        (("--segment", "exit", "--kind", "approach"), True),
        (("--segment", "elsewhere"), False),
        (("--vehicle", "SIM-00002"), False),
        (("--kind", "fatigue"), False),
    ):
        shown = typed("watch", "--from-beginning", "--until-now", "--json", "--config", config, *options)
        assert bool(shown.stdout) == any_left


def test_what_cannot_be_published_is_refused(stream: Stream, tmp_path: Path) -> None:
    """By feature and key, with nothing on the topic."""
    bad, config = tmp_path / "bad.geojson", stream.file()
    bad.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', "utf-8")
    result = typed("segments", "publish", bad, "--config", config)
    assert result.exception is not None and "bad.geojson" in str(result.exception)
    assert stream.records("segments") == []
    result = typed("segments", "publish", tmp_path / "none.geojson", "--config", config)
    assert "cannot be read" in str(result.exception)


def test_a_register_can_be_replaced(stream: Stream, tmp_path: Path) -> None:
    """Vehicles that it does not hold are removed only where that is asked for."""
    register, config = tmp_path / "fleet.csv", stream.file()
    register.write_text("vehicle\nA\nB\n", "utf-8")
    typed("vehicles", "publish", register, "--config", config)
    register.write_text("vehicle\nB\nC\n", "utf-8")
    result = typed("vehicles", "publish", register, "--config", config, "--replace")
    assert result.output == "published 2 vehicles, removed 1\n"
    last = {record.key: record.value for record in stream.records("vehicles")}
    assert last[b"A"] is None and last[b"B"] and last[b"C"]


def test_a_worker_tells_at_once_what_it_cannot_use(stream: Stream) -> None:
    """A bad configuration, and a stream without segments."""
    config = stream.file()
    result = typed("run", "--config", config)
    assert "no segments to judge by" in str(result.exception)
    config.write_text("[worker]\nsnapshot_s = 0\n", "utf-8")
    result = typed("run", "--config", config)
    assert "$.worker.snapshot_s" in str(result.exception)


def test_a_worker_goes_on_waiting_for_a_broker_and_ends_when_told(tmp_path: Path) -> None:
    """It says so, and is gone within 5 s."""
    config = tmp_path / "forewarn.toml"
    config.write_text('[kafka]\nbootstrap_servers = "127.0.0.1:1"\n[worker]\nmetrics = ""\n', "utf-8")
    log = tmp_path / "log"
    with log.open("wb") as file:
        command = [sys.executable, "-c", RUN, "run", "--config", str(config)]
        process = subprocess.Popen(command, stderr=file, env=ENVIRONMENT)
    until(lambda: b"broker_not_reached" in log.read_bytes(), 60.0)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    assert time.monotonic() - began < 5.0
