"""The register of a simulated fleet."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from forewarn.commands.simulate import command
from forewarn.simulate import is_simulated
from ingest.vehicles import load_register


def test_the_register_holds_every_vehicle_and_says_simulated(tmp_path: Path) -> None:
    """It is read as any register, needs no roads to be written, and no phone is one of a mobile network."""
    path = tmp_path / "fleet.csv"
    result = CliRunner().invoke(command, ["--vehicles", "1200", "--register", str(path)])
    assert result.exit_code == 0 and "SIMULATED 模拟" in result.output
    vehicles = load_register(path).vehicles
    assert len(vehicles) == 1200 == len({one.phone for one in vehicles.values()})
    for name, one in vehicles.items():
        assert is_simulated([name]) and one.plate == name and one.carrier == "SIMULATED 模拟"
        assert one.phone is not None and len(one.phone) == 11 and one.phone.startswith("10")
        assert one.speaks_via == "jt808"
