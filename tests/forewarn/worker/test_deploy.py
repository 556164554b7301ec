"""What is handed to operators names only what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from forewarn.cli import forewarn
from forewarn.worker.config import Config, load
from forewarn.worker.metrics import Metrics

ROOT = Path(__file__).resolve().parents[3]
BOARD = json.loads((ROOT / "deploy" / "grafana" / "forewarn.json").read_text("utf-8"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def test_every_measure_of_the_board_is_one_of_the_worker() -> None:
    """And every measure of the worker is on the board, but for those of its own work."""
    shown = set(re.findall(r"forewarn_[a-z_]+", json.dumps(BOARD)))
    there = {
        f"{family.name}{suffix}" for family in Metrics().registry.collect() for suffix in ("", "_total", "_bucket")
    }
    assert shown <= there
    families = {family.name for family in Metrics().registry.collect()}
    unseen = {name for name in families if not any(measure.startswith(name) for measure in shown)}
    assert unseen == {"forewarn_evictions", "forewarn_messages", "forewarn_passages", "forewarn_snapshots"}


def test_the_board_s_panels_do_not_overlap() -> None:
    """Two in a row, each with a title and something to show."""
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in BOARD["panels"]]
    assert len(set(places)) == len(places)
    assert all(p["title"] and p["targets"] for p in BOARD["panels"])


def test_the_configuration_of_the_composition_is_read() -> None:
    """Every key of it."""
    config = load(ROOT / "deploy" / "forewarn.toml", {})
    assert isinstance(config, Config)
    assert config.kafka.bootstrap_servers == "kafka:9092"


@pytest.mark.parametrize("service", [name for name in COMPOSE["services"] if name != "kafka"])
def test_what_the_composition_runs_is_a_command(service: str) -> None:
    """With options that it has."""
    words: list[Any] = COMPOSE["services"][service]["command"]
    name = [word for word in words[:2] if not word.startswith("-")]
    told = CliRunner().invoke(forewarn, [*name, "--help"], standalone_mode=False).output
    for option in (word for word in words if word.startswith("--")):
        assert option in told
    mounted = {volume.split(":")[1] for volume in COMPOSE["services"][service]["volumes"]}
    assert "/etc/forewarn.toml" in mounted


def test_the_image_holds_every_package() -> None:
    """And what the wheel takes in besides them."""
    copied = (ROOT / "Dockerfile").read_text("utf-8")
    for name in ("geofence", "ingest", "alerts", "forewarn", "data", "pyproject.toml", "README.md"):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", copied, re.MULTILINE)
