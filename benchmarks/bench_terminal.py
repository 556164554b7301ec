"""What the in-vehicle terminal takes: memory, and processor seconds for an hour of driving at 1 Hz.

A simulated drive over the sample's roads is written down as its receiver would say it (six sentences a second) and read
by the program as a process of its own: once as fast as it goes, and for some minutes at the pace of time with a panel
listening and sentences played into ALSA's null device. Further segment files are loaded to see what they take.

Usage: python benchmarks/bench_terminal.py [MINUTES] [SEGMENT_FILE...]
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec
from machine import machine
from nmea import log_of

ROOT = Path(__file__).resolve().parent.parent
MAIN = "import sys; from forewarn.cli import main; main()"
MINUTES = 3.0
GOAL_MB, GOAL_SHARE = 150.0, 0.10
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
PORT = 18_643
SILENT = "pcm.!default { type null }\nctl.!default { type null }\n"


def forewarn(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    """Start a command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("environment", {})}
    return subprocess.Popen([sys.executable, "-c", MAIN, *arguments], env=environment, **more)


def drive(folder: Path) -> tuple[Path, int]:
    """Write the log of the simulated vehicle with most fixes; return it and how many there are."""
    fixes = folder / "fleet.csv"
    options = ("--vehicles", "12", "--interval", "1", "--hours", "1.2", "--manoeuvres", "through")
    segments = str(ROOT / "data" / "segments.geojson")
    made = forewarn("simulate", "--segments", segments, *options, "-o", str(fixes), stderr=subprocess.DEVNULL)
    assert made.wait() == 0
    with fixes.open(encoding="utf-8") as rows:
        vehicles = {row.split(",", 1)[0] for row in rows if row.startswith("SIM-")}
    logs = {vehicle: log_of(fixes, vehicle) for vehicle in sorted(vehicles)}
    longest = max(logs, key=lambda vehicle: logs[vehicle].count("RMC,"))
    log = folder / "drive.nmea"
    log.write_text(logs[longest])
    return log, logs[longest].count("RMC,")


class Run:
    """One run of the program."""

    def __init__(self, folder: Path, segments: Path, log: Path, pace: float, *, sound: bool, panel: bool) -> None:
        state = tempfile.mkdtemp(dir=folder)
        given = {
            "segments": {"file": str(segments)},
            "receiver": {"kind": "file", "address": str(log), "pace": pace},
            "voice": {"player": "aplay" if sound else "none"},
            "state": {"folder": state},
            "display": {"address": f"127.0.0.1:{PORT}" if panel else ""},
        }
        config = folder / "terminal.toml"
        config.write_bytes(msgspec.toml.encode(given))
        (folder / "asound.conf").write_text(SILENT)
        environment = {"ALSA_CONFIG_PATH": str(folder / "asound.conf")}
        self.process = forewarn("terminal", "--config", str(config), stderr=subprocess.PIPE, environment=environment)
        self.events: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith(b"{"):
                with self._changed:
                    self.events.append(json.loads(line))
                    self._changed.notify_all()
        with self._changed:
            self.events.append({"event": "gone"})
            self._changed.notify_all()

    def wait_for(self, event: str) -> dict[str, Any]:
        """Wait until it has logged an event."""
        with self._changed:
            self._changed.wait_for(lambda: any(e["event"] in (event, "gone") for e in self.events))
            return next(e for e in self.events if e["event"] == event)

    def cpu_s(self) -> float:
        """Processor seconds so far, with those of its children."""

        def ticks(pid: int, last: int) -> int:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return sum(map(int, fields[11:last]))

        return TICK_S * (ticks(self.process.pid, 15) + sum(ticks(child, 13) for child in self.children()))

    def children(self) -> list[int]:
        """Its child processes."""
        task = Path(f"/proc/{self.process.pid}/task")
        return [int(pid) for thread in task.iterdir() for pid in (thread / "children").read_text().split()]

    def memory_mb(self) -> dict[str, float]:
        """Resident memory now and at most, and that of its children, MB."""

        def told(pid: int, name: str) -> float:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith(name)), 0.0)

        with contextlib.suppress(FileNotFoundError):  # a child may end meanwhile
            children = sum(told(child, "VmRSS") for child in self.children())
            return {
                "now": told(self.process.pid, "VmRSS"),
                "of it anonymous": told(self.process.pid, "RssAnon"),
                "at most": told(self.process.pid, "VmHWM"),
                "children": children,
            }
        return self.memory_mb()


@contextlib.contextmanager
def panel() -> Iterator[None]:
    """A panel that listens."""

    def listen() -> None:
        with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{PORT}/events") as answer:
            while answer.readline():
                continue

    threading.Thread(target=listen, daemon=True).start()
    yield


def shown(memory: dict[str, float]) -> str:
    """Memory in words."""
    return ", ".join(f"{name} {mb:.0f} MB" for name, mb in memory.items())


def fast(folder: Path, log: Path, fixes: int) -> None:
    """As fast as it goes."""
    run = Run(folder, ROOT / "data" / "segments.geojson", log, 0.0, sound=False, panel=False)
    run.wait_for("started")
    began_s, start_s = time.monotonic(), run.cpu_s()
    memory = run.memory_mb()
    run.wait_for("counted")
    took_s = time.monotonic() - began_s
    _, _, usage = os.wait4(run.process.pid, 0)
    used_s = usage.ru_utime + usage.ru_stime - start_s
    print(f"start              {start_s:.1f} s of a processor; {shown(memory)}")
    print(f"as fast as it goes {fixes:,} fixes in {took_s:.1f} s, {used_s:.2f} s of a processor: ", end="")
    print(f"{3600 * used_s / fixes:.1f} s for an hour at 1 Hz; {usage.ru_maxrss / 1e3:.0f} MB at most, as it ends")


def paced(folder: Path, log: Path, minutes: float) -> None:
    """At the pace of time, with a panel and sound."""
    sound = shutil.which("aplay") is not None
    run = Run(folder, ROOT / "data" / "segments.geojson", log, 1.0, sound=sound, panel=True)
    run.wait_for("started")
    with panel():
        time.sleep(5.0)
        begin_s, began_s = run.cpu_s(), time.monotonic()
        while time.monotonic() < began_s + minutes * 60.0 and run.process.poll() is None:
            time.sleep(1.0)
        used_s, took_s = run.cpu_s() - begin_s, time.monotonic() - began_s
        memory = run.memory_mb()
    prompts = sum(e["event"] == "prompt" for e in run.events)
    run.process.terminate()
    run.process.wait()
    hour_s = 3600.0 * used_s / took_s
    said = f"{prompts} sentences {'into the null device' if sound else 'without a player'}"
    print(f"paced              {took_s / 60:.1f} min, panel listening, {said}: {used_s:.2f} s of a processor: ", end="")
    print(f"{hour_s:.1f} s an hour, {100 * hour_s / 3600:.2f} % of one core here (goal 10 % of a Raspberry Pi's)")
    print(f"memory             {shown(memory)} (goal {GOAL_MB:.0f} MB)")


def loaded(folder: Path, segments: Path, log: Path) -> None:
    """Memory over other segments."""
    run = Run(folder, segments, log, 1.0, sound=False, panel=False)
    told = run.wait_for("started")
    time.sleep(3.0)
    size = segments.stat().st_size / 1e6
    print(f"{segments.name:<34} {size:5.1f} MB, {told['segments']:5} segments: {shown(run.memory_mb())}")
    run.process.terminate()
    run.process.wait()


def main() -> None:
    """Run all of it."""
    numbers = [a for a in sys.argv[1:] if a.replace(".", "", 1).isdecimal()]
    files = [Path(a) for a in sys.argv[1:] if a not in numbers]
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, fixes = drive(folder)
        fast(folder, log, fixes)
        paced(folder, log, float(numbers[0]) if numbers else MINUTES)
        for path in (ROOT / "data" / "segments.geojson", *files):
            loaded(folder, path, log)


if __name__ == "__main__":
    main()
