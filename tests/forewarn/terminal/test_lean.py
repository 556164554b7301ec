"""Little memory: what a terminal's process does not load, and what it takes with everything loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NEEDLESS = (
    *("polars", "pandas", "scipy", "shapely", "pyproj", "rtree", "osmium", "plotly", "confluent_kafka", "kafka"),
    *(
        "rich",
        "structlog",
        "prometheus_client",
        "pyttsx3",
        "matplotlib",
        "geofence.mine",
        "geofence.learn",
        "ingest.files",
    ),
)
"""What a vehicle has no use for."""
MOST_MB = 150.0

LOADED = """
import json, os, sys
from forewarn.compiled import use_cache
use_cache()
from forewarn.terminal import lean
lean.begin()
from forewarn.terminal import config, warming
from forewarn.terminal.running import Terminal
from forewarn.terminal import pulling
folder, roads = sys.argv[1:]
given = config.Config(segments=config.Segments(file=roads), state=config.State(folder=folder),
                      display=config.Display(address="127.0.0.1:0"))
terminal = Terminal(given)
def functions():
    from numba.core.dispatcher import Dispatcher
    found = {}
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()) if module is not None and hasattr(module, "__dict__") else ():
            if isinstance(value, Dispatcher):
                found[f"{value.py_func.__module__}.{value.py_func.__name__}"] = len(value.signatures)
    return found
status = {l.split(":")[0]: l.split()[1] for l in open("/proc/self/status") if l.startswith(("VmRSS", "VmHWM"))}
before = functions()
warming.warm_up(config.Vehicle(name="other", driver="somebody", profile="eu-561", language="en"))
after = functions()
print(json.dumps({"modules": [m for m, v in sys.modules.items() if v is not None], "status": status,
                  "whole": terminal._lean, "more": {k: v for k, v in after.items() if v != before.get(k)}}))
sys.stdout.flush()
os._exit(0)
"""


def loaded(tmp_path: Path) -> dict[str, object]:
    """What a process says of itself that has loaded the whole terminal, over the sample's segments."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED, str(tmp_path / "state"), str(ROOT / "data" / "segments.geojson")],
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return told


def test_a_terminal_is_lean(tmp_path: Path) -> None:
    """It loads nothing needless, stays under 150 MB even while it starts, and has all compiled code it will need."""
    told = loaded(tmp_path)
    modules = told["modules"]
    assert isinstance(modules, list)
    assert [name for name in NEEDLESS if name in modules] == []
    assert told["whole"] is True and told["more"] == {}
    status = told["status"]
    assert isinstance(status, dict)
    assert int(status["VmRSS"]) / 1e3 < MOST_MB * 0.9, status
    assert int(status["VmHWM"]) / 1e3 < MOST_MB, status
