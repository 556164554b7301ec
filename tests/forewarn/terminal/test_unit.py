"""What is handed to those who set a vehicle up: the unit file is one that systemd takes."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from forewarn.cli import forewarn

ROOT = Path(__file__).resolve().parents[3]
ANALYZE = shutil.which("systemd-analyze") or ""
UNIT = ROOT / "deploy" / "forewarn-terminal.service"


def section(name: str) -> dict[str, str]:
    """The last value of each key of a section."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)
    return dict(parser[name])


def test_it_runs_a_command_that_there_is() -> None:
    """With options that it has, and a configuration that docs and deploy/ name."""
    command = section("Service")["ExecStart"].split()
    assert command[1] == "terminal" and Path(command[0]).name == "forewarn"
    told = CliRunner().invoke(forewarn, ["terminal", "--help"]).output
    assert all(word in told for word in command if word.startswith("--"))
    assert Path(command[3]).name in (ROOT / "docs" / "terminal.md").read_text("utf-8")
    assert (ROOT / "deploy" / Path(command[3]).name).is_file()


def test_it_comes_back_whatever_happens() -> None:
    """It is started again, watched, and told apart from one that is still compiling."""
    service = section("Service")
    assert (service["Type"], service["Restart"]) == ("notify", "always") and int(service["WatchdogSec"]) >= 30
    assert section("Unit")["StartLimitIntervalSec"] == "0"
    assert service["StateDirectory"] and "XDG_CACHE_HOME" in service["Environment"]
    assert "MemoryDenyWriteExecute" not in service


@pytest.mark.skipif(not ANALYZE, reason="needs systemd-analyze")
def test_systemd_takes_it(tmp_path: Path) -> None:
    """Word by word, and calls it well guarded."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/forewarn/bin/forewarn", sys.executable))
    told = subprocess.run([ANALYZE, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert [line for line in told.stderr.splitlines() if UNIT.name in line] == []
    rated = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--threshold=30", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-600:]
