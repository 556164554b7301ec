"""Outcomes: what became of each prompt, as whoever spoke it writes it down."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from alerts.voice import Outcome as Settled
from alerts.voice import Prompt
from forewarn.commands.replay import command
from forewarn.commands.slowed import command as slowed
from forewarn.records import BadLines, Outcome, read_records, seconds
from tests.alerts.rules.test_approach import TO_EXIT
from tests.alerts.scene import drive, engine_over, motorway_exit
from tests.forewarn.test_replay import csv

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "outcome.json"


class FakeVoice:
    """Settles each prompt at once."""

    outcome = "spoken"

    def __init__(self, sink: Callable[[Settled], None]) -> None:
        self._sink = sink

    @classmethod
    def open(cls, languages: Iterable[str], *, sink: Callable[[Settled], None]) -> FakeVoice:
        """Stand in for ``Voice.open``."""
        return cls(sink)

    def say(self, prompt: Prompt) -> None:
        """Begun now; or failed."""
        now_s = time.monotonic()
        spoken = self.outcome == "spoken"
        self._sink(
            Settled(prompt, self.outcome, None if spoken else "no sound", now_s if spoken else None, now_s + 2.0, None)
        )

    def withdraw(self, key: str) -> None:
        """Nothing waits."""

    def drain(self, timeout_s: float) -> bool:
        """All is settled."""
        return True

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a real and a simulated drive and a segment file, and a voice that settles at once."""
    engine_over(tmp_path, motorway_exit())
    csv(tmp_path / "drive.csv", drive(TO_EXIT, every_s=5))
    csv(tmp_path / "sim.csv", drive(TO_EXIT, every_s=5, vehicle="SIM-00001"))
    monkeypatch.setattr("forewarn.sinks.speech.Voice", FakeVoice)
    return tmp_path


def replayed(place: Path, file: str = "drive.csv") -> list[dict[str, Any]]:
    """The outcomes of a replay that speaks."""
    named = {"--outcomes": "o.jsonl", "--out": "a.jsonl", "--passages": "p.jsonl", "--segments": "roads.geojson"}
    options = [word for option, name in named.items() for word in (option, str(place / name))]
    words = [str(place / file), *options, "--speak", "--pace", "1000", "--quiet"]
    result = CliRunner().invoke(command, words, standalone_mode=False)
    assert result.return_value == 0, result.output
    return [json.loads(line) for line in (place / "o.jsonl").read_text("utf-8").splitlines()]


def test_the_schema_is_that_of_the_code_and_holds_for_what_is_written(place: Path) -> None:
    """Every field is present."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert schema == msgspec.json.schema(Outcome)
    outcomes = replayed(place)
    assert outcomes
    for one in outcomes:
        jsonschema.validate(one, schema)
        assert list(one) == list(Outcome.__struct_fields__)


def test_each_prompt_has_one_outcome_by_the_clock_on_the_wall(place: Path) -> None:
    """It names the record of its sentence; a replay of a past day is spoken today."""
    began_s = time.time()
    outcomes = replayed(place)
    alerts = [json.loads(line) for line in (place / "a.jsonl").read_text("utf-8").splitlines()]
    prompts = [(one["id"], one["seq"]) for one in alerts if one["prompt"] is not None]
    assert sorted((one["alert_id"], one["seq"]) for one in outcomes) == sorted(prompts)
    for one in outcomes:
        assert (one["outcome"], one["by"], one["terminal_result"]) == ("spoken", "replay", None)
        began, ended = (seconds(one[name]) or 0.0 for name in ("began_at", "ended_at"))
        assert began_s - 1.0 <= began <= time.time() + 1.0
        assert ended - began == pytest.approx(2.0, abs=0.1)


def test_what_failed_says_why_and_never_began(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sound, for instance."""
    monkeypatch.setattr(FakeVoice, "outcome", "failed")
    assert {(one["outcome"], one["reason"], one["began_at"]) for one in replayed(place)} == {
        ("failed", "no sound", None)
    }


def test_spoken_to_simulated_drivers_is_called_so(place: Path) -> None:
    """By whom it was spoken tells that nobody heard it."""
    assert {one["by"] for one in replayed(place, "sim.csv")} == {"replay, simulated"}


def test_slowed_reads_them_and_takes_no_replay_for_a_warning(place: Path) -> None:
    """Spoken on another day than it was driven: the speeds are told, and no difference."""
    replayed(place)
    assert list(read_records([place / "o.jsonl"], Outcome, bad := BadLines())) and not bad.count
    result = CliRunner().invoke(slowed, [str(place / "p.jsonl"), "--outcomes", str(place / "o.jsonl")])
    assert result.exit_code == 0, result.output
    assert "a replay, which no driver heard" in result.stderr
    assert "speeds only" in result.stdout


def test_outcomes_without_speaking_are_refused(place: Path) -> None:
    """Nothing would become of any prompt."""
    words = [str(place / "drive.csv"), "--segments", str(place / "roads.geojson"), "--outcomes", str(place / "o.jsonl")]
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 2
    assert "--speak" in result.stderr
