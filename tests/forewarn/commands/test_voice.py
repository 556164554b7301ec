"""``forewarn voice``: what is there, what a recogniser hears, how a pack is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.prompts import LANGUAGES
from alerts.prompts.phrases import phrases
from alerts.voice.joining import Samples
from alerts.voice.pack import Pack
from forewarn.cli import forewarn
from forewarn.commands import voice_check, voice_render
from forewarn.recording import render
from forewarn.recording.models import MissingError
from tests.forewarn.recording.hand_made import Hummer, make_pack


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the program; return exit code and both streams."""
    result = CliRunner().invoke(forewarn, ["voice", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_list_tells_what_would_be_used() -> None:
    """Both voices of each language, which of them speaks when, and every player with its state."""
    code, out, _ = run("list")
    lines = out.splitlines()
    for language in LANGUAGES:
        assert any(line.startswith(f"{language}  recorded ") and "every sentence" in line for line in lines)
        assert any(line.startswith(f"{language}  synthesised ") and "not recorded" in line for line in lines)
    assert sum(line.startswith("player ") for line in lines) == 3
    _, out, _ = run("list", "--json")
    found = json.loads(out)
    assert [one["language"] for one in found["voices"]] == ["zh", "zh", "en", "en"]
    assert set(found["players"]) == {"aplay", "paplay", "miniaudio"}
    assert found["faults"] == []
    assert code == (0 if found["player"] else 1)


class Deaf:
    """Hears the same whatever is said; a mock of the recogniser."""

    def __init__(self, folder: Path | None) -> None:
        pass

    def hear(self, samples: Samples, rate_hz: int, language: str) -> str:
        """Return two words."""
        return "slow down" if language == "en" else "减速"


def test_check_prints_the_error_and_the_worst(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By sentences drawn by seed; it ends with 1 where the goal is missed, 0 where it is met."""
    monkeypatch.setattr(voice_check, "Recogniser", Deaf)
    code, out, _ = run("check", "--language", "en", "--sentences", "12", "--synthesiser")
    assert code == 1
    assert out.splitlines()[-1].startswith("error 0.")
    assert "heard slow down" in out
    make_pack(tmp_path / "zh.zip", ["请降速"])
    code, out, _ = run(
        "check", str(tmp_path / "zh.zip"), "--sentences", "5", "--noise-db", "10", "--goal", "1", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert (found["language"], found["sentences"], found["noise_db"]) == ("zh", 5, 10.0)
    assert 0.5 < found["error"] <= 1.0
    assert len(found["worst"]) == 5


def test_without_a_recogniser_or_model_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With 3, and no traceback."""

    def missing(*_: object) -> None:
        raise MissingError("faster_whisper is not installed: pip install 'forewarn[listen]'")

    monkeypatch.setattr(voice_check, "Recogniser", missing)
    monkeypatch.setattr(voice_render, "Kokoro", missing)
    for arguments in (("check",), ("render", "zh", "-o", str(tmp_path / "zh.zip"))):
        code, _, err = run(*arguments)
        assert code == 3
        assert "pip install 'forewarn[listen]'" in err


def test_render_records_what_the_tables_say_into_a_pack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And tells what it made; a voice of another language is refused."""
    few = phrases("zh")[:6]
    monkeypatch.setattr(render, "phrases", lambda _: few)
    monkeypatch.setattr(voice_render, "Kokoro", lambda *_: Hummer())
    out_file = tmp_path / "zh.zip"
    code, out, _ = run("render", "zh", "-o", str(out_file))
    assert code == 0
    assert out.startswith(f"{out_file}: 6 phrases by zm_yunyang, ")
    assert list(Pack(out_file).phrases) == list(few)
    code, _, err = run("render", "zh", "-o", str(out_file), "--voice", "af_heart")
    assert code == 2
    assert "af_heart does not speak zh" in err
