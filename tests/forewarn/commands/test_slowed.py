"""``forewarn slowed``: what it prints, and what it never does."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from forewarn.commands.slowed import command
from tests.alerts.test_record import ALERT
from tests.forewarn.slowed.made import fleet, outcome, passage


def lines(path: Path, records: list) -> Path:
    """Write records, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records))
    return path


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(command, list(map(str, words)))


@pytest.fixture
def warned(tmp_path: Path) -> tuple[Path, Path]:
    """A fleet that slows by six km/h: passages and outcomes."""
    made, said = fleet(-6.0)
    return lines(tmp_path / "p.jsonl", made), lines(tmp_path / "o.jsonl", said)


def test_the_difference_is_printed_with_its_interval_and_its_method(warned: tuple[Path, Path]) -> None:
    """All, by kind, by segment; how it was reckoned, and what to mind."""
    result = run(warned[0], "--outcomes", warned[1])
    assert result.exit_code == 0, result.output
    assert "whose prompt failed" in result.stdout
    assert "km/h slower" in result.stdout
    assert "bootstrap over vehicles" in result.stdout
    assert "prompts may fail where" in result.stdout
    assert "SIMULATED" not in result.stdout


def test_a_replay_of_history_prints_speeds_and_never_a_difference(tmp_path: Path) -> None:
    """Nobody was warned: medians by kind, and with alerts how many entered over the limit."""
    passages = lines(tmp_path / "p.jsonl", [passage(at, entry=45.0) for at in range(4)])
    alerts = lines(tmp_path / "a.jsonl", [ALERT])
    result = run(passages, "--alerts", alerts)
    assert result.exit_code == 0
    assert "nobody is known to have been warned" in result.stdout
    assert "4 of 4" in result.stdout
    assert "slower" not in result.stdout
    content = json.loads(run(passages, "--json").stdout)
    assert (content["warned"], content["compared"]) == (False, {})
    assert content["speeds"][0]["entry_kmh"] == 45.0


def test_spoken_without_anything_to_hold_against_is_no_difference(tmp_path: Path) -> None:
    """No failed prompt, and nothing from before."""
    passages = lines(tmp_path / "p.jsonl", [passage(1)])
    result = run(passages, "--outcomes", lines(tmp_path / "o.jsonl", [outcome(1)]))
    assert "no like passages" in result.stdout
    assert "slower" not in result.stdout


def test_passages_from_before_are_a_comparison_of_their_own(tmp_path: Path, warned: tuple[Path, Path]) -> None:
    """By file; both comparisons stand side by side, each with its caution."""
    earlier, _ = fleet(0.0, seed=2)
    result = run(warned[0], "--outcomes", warned[1], "--before", lines(tmp_path / "b.jsonl", earlier), "--json")
    compared = json.loads(result.stdout)["compared"]
    assert list(compared) == ["failed", "before"]
    assert all(-9.0 < one["effects"][0]["difference_kmh"] < -3.0 for one in compared.values())


def test_simulated_passages_are_named_so_and_never_mixed(tmp_path: Path) -> None:
    """What the simulator's drivers do says nothing of people."""
    made, said = fleet(-6.0)
    simulated = [msgspec.structs.replace(one, vehicle=f"SIM-{one.vehicle}") for one in made]
    outcomes = lines(tmp_path / "o.jsonl", said)
    result = run(lines(tmp_path / "p.jsonl", simulated), "--outcomes", outcomes)
    assert result.stdout.startswith("SIMULATED")
    mixed = run(lines(tmp_path / "m.jsonl", [*simulated[:5], *made[5:]]), "--outcomes", outcomes)
    assert (mixed.exit_code, "mixed" in mixed.output) == (2, True)


def test_what_is_wrong_is_named(tmp_path: Path, warned: tuple[Path, Path]) -> None:
    """Files of other records, no passage, a date that is none: exit 2; bad lines are told and the rest is read."""
    empty = lines(tmp_path / "empty.jsonl", [])
    for words, says in (
        ([warned[1]], "passage"),
        ([empty], "no passage"),
        ([warned[0], "--introduced", "yesterday"], "yesterday"),
    ):
        result = run(*words)
        assert (result.exit_code, says in result.output) == (2, True)
    warned[0].write_bytes(b"{\n" + warned[0].read_bytes())
    result = run(warned[0], "--outcomes", warned[1])
    assert (result.exit_code, f"{warned[0]}:1" in result.stderr) == (0, True)
