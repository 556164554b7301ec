"""``forewarn say``: one sentence into a file or aloud, and what it says where it cannot."""

from __future__ import annotations

import sys
import wave
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from alerts.prompts import speech_s
from alerts.voice import NoVoiceError, Outcome, Prompt, SynthesisError
from forewarn.commands import say

TEXT = "前方四百米出口匝道，驶出请减速到四十"


def forewarn_say(*arguments: str) -> Result:
    """The result of the command."""
    return CliRunner().invoke(say.command, list(arguments), env={"COLUMNS": "200"})


class FakeVoice:
    """Settles each prompt at once, as it was made to."""

    def __init__(self, outcome: str, voices: dict[str, str], player: str | None) -> None:
        self.voices = voices
        self.player = player
        self.closed = False
        self._outcome = outcome
        self._sink: Callable[[Outcome], None]

    def open(self, languages: list[str], *, player: str, sink: Callable[[Outcome], None]) -> FakeVoice:
        """Stand in for ``Voice.open``."""
        self._sink = sink
        return self

    def say(self, prompt: Prompt) -> None:
        """Settle it."""
        reason = None if self._outcome == "spoken" else "aplay ended with 1"
        self._sink(Outcome(prompt, self._outcome, reason, None, 0.0, None))

    def drain(self, timeout_s: float) -> bool:
        """Nothing is under way."""
        return True

    def close(self) -> None:
        """End."""
        self.closed = True


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other synthesisers")
@pytest.mark.parametrize(
    ("text", "voice"), [("uncontrolled crossing ahead", "af_heart"), ("前方匝道", "zm_yunyang"), ("12122", "sit/cmn")]
)
def test_the_text_tells_its_language(tmp_path: Path, text: str, voice: str) -> None:
    """Figures alone are read in the first of the languages."""
    result = forewarn_say(text, "--wav", str(tmp_path / "said.wav"))
    assert result.exit_code == 0, result.output
    assert voice in result.stdout


def test_writes_a_wav_file(tmp_path: Path) -> None:
    """The file holds the sentence; the line names file, words, length and rate."""
    path = tmp_path / "new" / "said.wav"
    result = forewarn_say("前方400米出口匝道，驶出请减速到40", "--wav", str(path))
    assert result.exit_code == 0
    with wave.open(str(path), "rb") as file:
        lasts_s = file.getnframes() / file.getframerate()
    assert 2.0 < lasts_s <= speech_s("zh", TEXT)
    assert result.stdout == f"{path}: {TEXT} (zm_yunyang, {lasts_s:.1f} s, 24000 Hz)\n"


def test_writes_english(tmp_path: Path) -> None:
    """Another language by name."""
    result = forewarn_say("ramp in 300 m", "--language", "en", "--wav", str(tmp_path / "a.wav"))
    assert result.exit_code == 0
    assert "ramp in three hundred metres" in result.stdout


def test_without_a_voice_it_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is told, no file is written."""

    def none(text: str, language: str, path: Path) -> None:
        raise NoVoiceError("no zh voice: cmn: reads it as English")

    monkeypatch.setattr(say, "write_wav", none)
    result = forewarn_say(TEXT, "--wav", str(tmp_path / "a.wav"))
    assert (result.exit_code, result.stderr) == (3, "Error: no zh voice: cmn: reads it as English\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does a text that gives no sound."""
    (tmp_path / "file").write_text("")
    result = forewarn_say(TEXT, "--wav", str(tmp_path / "file" / "a.wav"))
    assert result.exit_code == 1
    assert str(tmp_path / "file" / "a.wav") in result.stderr

    def silent(text: str, language: str, path: Path) -> None:
        raise SynthesisError("a silent sound")

    monkeypatch.setattr(say, "write_wav", silent)
    result = forewarn_say(TEXT, "--wav", str(tmp_path / "a.wav"))
    assert (result.exit_code, result.stderr) == (1, "Error: a silent sound\n")


@pytest.mark.parametrize("text", ["", "。。", "[[f'oU]]"])
def test_nothing_to_say_is_a_wrong_argument(text: str) -> None:
    """It ends with 2, as every wrong argument does."""
    result = forewarn_say(text)
    assert result.exit_code == 2
    assert "nothing to say" in result.stderr


@pytest.mark.parametrize(
    ("outcome", "voices", "player", "code", "said"),
    [
        ("spoken", {"zh": "cmn"}, "aplay", 0, ""),
        ("failed", {"zh": "cmn"}, "aplay", 1, "failed: aplay ended with 1"),
        ("spoken", {"zh": "cmn"}, None, 3, "--wav FILE writes the sound instead"),
        ("spoken", {}, "aplay", 3, "--wav FILE writes the sound instead"),
    ],
)
def test_speaks_or_says_why_not(
    outcome: str, voices: dict[str, str], player: str | None, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Voice and player are named; whatever comes, the voice is closed."""
    voice = FakeVoice(outcome, voices, player)
    monkeypatch.setattr(say, "Voice", SimpleNamespace(open=voice.open))
    result = forewarn_say(TEXT)
    assert result.exit_code == code
    assert f"voice: {voices.get('zh', 'none')}; player: {player or 'none'}" in result.stdout
    assert said in result.stderr
    assert (TEXT in result.stdout) == (code != 3)
    assert voice.closed


def test_help_tells_the_ways_it_ends() -> None:
    """Options and exit codes."""
    result = forewarn_say("--help")
    assert result.exit_code == 0
    for word in ("--language", "--wav", "--player", "Ends with 1", "with 3 where"):
        assert word in result.stdout
