"""The options of a fleet that reports: what goes together, and what is refused before anything begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from forewarn.fleet.transports import TRANSPORTS, runner
from tests.forewarn.fleet.gateways import simulate
from tests.forewarn.fleet.stage import exit_file


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--to", "udp://127.0.0.1:1"], "--to"),
        (["--to", "kafka://127.0.0.1"], "--to"),
        (["--to", "tcp"], "--to"),
        (["--to", "tcp://127.0.0.1"], "HOST:PORT"),
        (["--to", "tcp://127.0.0.1:99999"], "--to"),
        (["--to", "tcp://127.0.0.1:1", "-o", "x.csv"], "exclude"),
        (["--to", "tcp://127.0.0.1:1", "--pace", "2"], "--pace"),
        (["--to", "tcp://127.0.0.1:1", "--start", "2026-03-02"], "--start"),
        (["--to", "tcp://127.0.0.1:1", "--interval", "0.5"], "--interval"),
        (["--to", "tcp://127.0.0.1:1", "--ca", "{roads}"], "--ca"),
        (["--to", "tls://127.0.0.1:1", "--ca", "{roads}"], "--ca"),
        (["--to", "tcp://127.0.0.1:1", "--versions", "2013,2020"], "2020"),
        (["--to", "kafka", "--heard", "x.jsonl"], "--heard"),
        (["--to", "kafka", "--no-speed"], "--no-speed"),
        (["-o", "x.csv", "--obey", "0.5"], "--obey"),
        (["-o", "x.csv", "--json"], "--json"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(tmp_path: Path, arguments: list[str], why: str) -> None:
    """With 2, and the option at fault."""
    roads = exit_file(tmp_path / "exit.geojson")
    given = [one.format(roads=roads) for one in arguments]
    result = simulate("--segments", roads, "--vehicles", 1, "--hours", 0.01, *given)
    assert result.code == 2 and why in result.err
    assert not Path("x.csv").exists() and not Path("x.jsonl").exists()


def test_every_transport_stands_in_the_help_and_can_be_run() -> None:
    """By the form in which it is written; its options are options of the command."""
    shown = simulate("--help").out
    for name, one in TRANSPORTS.items():
        assert one.form in shown and one.does in " ".join(shown.split())
        assert callable(runner(name))
    assert "SIMULATED" in shown and "forewarn simulate --segments city.geojson --vehicles 50 --to tcp://" in shown
