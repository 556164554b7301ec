"""The seam to a gateway: fixes and outcomes go out, texts come in, through the one voice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from tests.forewarn.terminal.stage import ROOT, Process, through_the_village

SCRIPT = """
import json, sys, threading, time
from pathlib import Path
from forewarn.compiled import use_cache
use_cache()
from forewarn.terminal import lean
lean.begin()
from forewarn.terminal.config import load
from forewarn.terminal.running import Terminal
from forewarn.terminal.uplink import Text, about_of
told = {"positions": [], "outcomes": []}
class Gateway:
    def position(self, batch):
        assert len(batch) == 1
        told["positions"].append([batch.vehicles[batch.vehicle[0]], int(batch.time_ms[0]), float(batch.speed_kmh[0])])
        if len(told["positions"]) == 100:  # in the village: it was told of, by the terminal itself
            late = int(batch.time_ms[0]) + 60_000
            terminal.say(Text("same", "前方三百米村庄路段，注意行人", "zh", 4, late, about_of("approach", "village")))
            terminal.say(Text("dispatcher", "前方道路封闭，请绕行", "zh", 3, late))
            terminal.say(Text("urgent", "请降速", "zh", 1, late))
    def said(self, outcome):
        told["outcomes"].append([outcome.alert_id, outcome.outcome, outcome.reason, outcome.by])
terminal = Terminal(load(Path(sys.argv[1])), Gateway())
terminal.run()
print(json.dumps(told))
"""


def test_a_gateway_hears_what_happens_and_speaks_through_the_same_voice(tmp_path: Path) -> None:
    """What it says of a hazard that the terminal has told is not said again; the urgent comes before the lesser."""
    terminal = Process(tmp_path, share=0.05)
    log = tmp_path / "drive.nmea"
    log.write_text("".join(through_the_village()))
    terminal.config["receiver"] = {"kind": "file", "address": str(log), "pace": 20.0}
    config = tmp_path / "terminal.toml"
    config.write_bytes(msgspec.toml.encode(terminal.config))
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(config)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    times = [at for _, at, _ in told["positions"]]
    assert len(times) > 150 and times == sorted(set(times))
    assert {(vehicle, round(kmh)) for vehicle, _, kmh in told["positions"]} == {("T1", 72)}
    outcomes = {id: (outcome, reason, by) for id, outcome, reason, by in told["outcomes"]}
    assert outcomes["same"] == ("withdrawn", "told_elsewhere", "outside")
    assert outcomes["urgent"] == ("spoken", None, "outside")
    assert outcomes["dispatcher"][0] == "spoken"
    order = [id for id, *_ in told["outcomes"]]
    assert order.index("urgent") < order.index("dispatcher")
    assert [by for *_, by in outcomes.values()].count("terminal") >= 1
