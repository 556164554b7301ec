"""A stage for the terminal: hand-made roads as a file, drives as a receiver's log, and the program as a process."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.nmea import burst
from ingest.positions import PositionBatch
from tests.alerts.scene import ORIGIN, drive, village

ROOT = Path(__file__).resolve().parents[3]
ROUTE = [(0.0, -2400.0), (0.0, 1800.0)]
"""Through the village of ``scene.village``, from where its file knows no road yet."""
PLAYER = """#!{python}
import os, sys, time, wave
path = sys.argv[-1]
with wave.open(path) as sound:
    seconds = sound.getnframes() / sound.getframerate()
if not path.endswith("silence.wav"):
    with open({heard!r}, "a") as out:
        out.write(f"{{time.time()}} {{os.path.basename(path)}}\\n")
        out.flush()
        os.fsync(out.fileno())
    time.sleep(seconds * {share})
"""


def segments(features: list[dict[str, Any]] | None = None, **more: Any) -> bytes:
    """A segment file of hand-made roads."""
    features = village() if features is None else features
    return json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features, **more}).encode()


def bursts(batch: PositionBatch) -> list[str]:
    """A drive as its receiver would say it, a text a fix."""
    columns = (batch.time_ms, batch.lon, batch.lat, batch.speed_kmh, batch.heading_deg)
    return [
        burst(int(ms), float(lon), float(lat), float(kmh), float(deg))
        for ms, lon, lat, kmh, deg in zip(*columns, strict=True)
    ]


def through_the_village(kmh: float = 72.0, every_s: float = 1.0) -> list[str]:
    """The drive through the village at 1 Hz."""
    return bursts(drive(ROUTE, every_s=every_s, kmh=kmh))


def parked(seconds: int, start_s: float) -> list[str]:
    """A stand behind the village."""
    moved = drive([(0.0, 1800.0), (0.0, 1801.0)], every_s=1.0, kmh=[0.0] * seconds, start_s=start_s)
    assert np.allclose(moved.lon, ORIGIN[0])
    return bursts(moved)


class Process:
    """The program as a child process in a folder of its own, with a stand-in for the loudspeaker that writes down."""

    def __init__(self, folder: Path, share: float = 1.0) -> None:
        """``share`` of its length is how long a sound takes."""
        self.folder = folder
        self.state = folder / "state"
        self.heard_file = folder / "heard"
        self.log = folder / "log"
        (folder / "bin").mkdir(exist_ok=True)
        player = folder / "bin" / "aplay"
        player.write_text(PLAYER.format(python=sys.executable, heard=str(self.heard_file), share=share))
        player.chmod(0o755)
        self.config: dict[str, dict[str, Any]] = {
            "vehicle": {"name": "T1", "vehicle_class": "hazmat_truck"},
            "segments": {"file": str(folder / "roads.geojson")},
            "voice": {"player": "aplay"},
            "state": {"folder": str(self.state)},
            "display": {"address": ""},
        }
        (folder / "roads.geojson").write_bytes(segments())
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start it."""
        path = self.folder / "terminal.toml"
        path.write_bytes(msgspec.toml.encode(self.config))
        command = "import sys; from forewarn.cli import main; main()"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", command, "terminal", "--config", str(path)],
                stderr=log,
                cwd=self.folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                    **environment,
                },
            )
        return self._process

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def events(self) -> list[dict[str, Any]]:
        """What it has logged, all starts of it."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def named(self, event: str) -> list[dict[str, Any]]:
        """The log lines of an event."""
        return [line for line in self.events() if line["event"] == event]

    def wait_for(self, ready: Callable[[], Any], within_s: float = 60.0) -> None:
        """Wait until something is so; what the program said is shown where it never is."""
        until = time.monotonic() + within_s
        while not ready():
            ended = self.process.poll()
            if time.monotonic() > until or (ended is not None and not ready()):
                said = self.log.read_text("utf-8") if self.log.exists() else ""
                raise AssertionError(f"not in {within_s} s (exit {ended}):\n{said[-4000:]}")
            time.sleep(0.05)

    def started(self, times: int = 1) -> None:
        """Wait until it has started so often."""
        self.wait_for(lambda: len(self.named("started")) >= times, 600.0)

    def kill(self) -> None:
        """Take its power away."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it in order."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def ended(self, within_s: float = 120.0) -> int:
        """Wait for its end by itself."""
        return self.process.wait(within_s)

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Its records of a kind, as they stand on the disk."""
        db = sqlite3.connect(self.state / "state.db")
        try:
            rows = db.execute("SELECT content FROM record WHERE kind = ? ORDER BY number", (kind,)).fetchall()
        finally:
            db.close()
        return [json.loads(row[0]) for row in rows]

    def heard(self) -> list[str]:
        """The sounds that the loudspeaker was given, by name: the same words, the same name."""
        text = self.heard_file.read_text() if self.heard_file.exists() else ""
        return [line.split()[1] for line in text.splitlines()]

    def close(self) -> None:
        """See to it that it has ended."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
