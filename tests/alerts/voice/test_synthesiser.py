"""The real synthesiser: valid sounds of both languages, no longer than planned, whatever becomes of its process."""

from __future__ import annotations

import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.prompts import LANGUAGES, speech_s
from alerts.voice import NoVoiceError, SynthesisError
from alerts.voice.synthesiser import ANSWER_S, Synthesiser
from alerts.voice.wav import LEAST_RMS
from tests.alerts.prompts.cases import some

SAID = {"zh": "前方三百米村庄路段，注意行人", "en": "village in three hundred metres, watch for people"}
SAMPLE = 80
"""Sentences of each language whose length is measured."""

BAD_CHILD = """
import json, os, sys, time, wave
how, times, counter, *rest = sys.argv[1:]
starts = len(open(counter).read()) if os.path.exists(counter) else 0
if starts >= int(times):
    os.execv(sys.executable, [sys.executable, "-P", "-m", "alerts.voice.child", *rest])
open(counter, "a").write("x")
print(json.dumps({"voice": "sit/cmn"}), flush=True)
for line in sys.stdin:
    path = json.loads(line)["path"]
    if how == "dies":
        sys.exit(1)
    if how == "hangs":
        time.sleep(60)
    if how == "babbles":
        print("Audio saved", flush=True)
        continue
    if how == "silent":
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(bytes(2 * 22050 * 3))
    if how == "cut off":
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(bytes([0, 64]) * 11025)
    print(json.dumps({"fault": None}), flush=True)
"""
"""A child that fails in one way at its first starts, and is the real one from then on."""


def bad(how: str, times: int, folder: Path) -> list[str]:
    """Return the command of a child that is bad at so many starts."""
    return [sys.executable, "-P", "-c", BAD_CHILD, how, str(times), str(folder / "starts")]


@pytest.fixture(scope="module", params=list(LANGUAGES))
def real(request: pytest.FixtureRequest) -> Iterator[Synthesiser]:
    """The synthesiser of each language."""
    made = Synthesiser(request.param)
    yield made
    made.close()


def test_writes_a_valid_wav(real: Synthesiser, tmp_path: Path) -> None:
    """16 bit, mono, audible, and nothing but the file that was asked for."""
    path = tmp_path / "said.wav"
    info = real.write(SAID[real.language], path)
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert (file.getnframes(), file.getframerate()) == (info.frames, info.rate_hz)
    assert info.duration_s == pytest.approx(info.frames / info.rate_hz)
    assert 2.0 < info.duration_s < speech_s(real.language, SAID[real.language])
    assert info.rms > 4 * LEAST_RMS
    assert [entry.name for entry in tmp_path.iterdir()] == ["said.wav"]


def test_no_sentence_lasts_longer_than_planned(real: Synthesiser, tmp_path: Path) -> None:
    """The seconds that the engine plans with hold for the voice, over sentences of all kinds and forms."""
    for text in some(real.language, SAMPLE):
        assert real.write(text, tmp_path / "said.wav").duration_s <= speech_s(real.language, text), text
    assert real.restarts == 0


def test_figures_are_read_before_they_are_spoken(real: Synthesiser, tmp_path: Path) -> None:
    """A figure lasts as long as its words: the voice never reads a digit itself."""
    figure, words = {"zh": ("300米", "三百米"), "en": ("300 m", "three hundred metres")}[real.language]
    lasts = [real.write(text, tmp_path / "said.wav").duration_s for text in (figure, words)]
    assert lasts[0] == pytest.approx(lasts[1], abs=0.05)


def test_nothing_to_say_is_an_error(real: Synthesiser, tmp_path: Path) -> None:
    """Punctuation alone gives no file."""
    with pytest.raises(SynthesisError, match="nothing to say in '。。'"):
        real.write("。。", tmp_path / "said.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["dies", "hangs"])
def test_a_child_that_dies_or_hangs_is_replaced_and_the_prompt_tried_again(how: str, tmp_path: Path) -> None:
    """The caller waits for a limited time and gets the sound."""
    synthesiser = Synthesiser("zh", command=bad(how, 1, tmp_path))
    started = time.monotonic()
    assert synthesiser.write(SAID["zh"], tmp_path / "said.wav").duration_s > 2.0
    assert time.monotonic() - started < ANSWER_S + 5.0
    assert synthesiser.restarts == 1
    synthesiser.close()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("dies", "the synthesiser died"),
        ("babbles", "the synthesiser answered 'Audio saved"),
        ("writes nothing", "No such file"),
        ("silent", "a silent sound"),
        ("cut off", r"0\.50 s for 13 sounded"),
    ],
)
def test_a_child_that_goes_on_failing_fails_the_prompt_by_name(how: str, reason: str, tmp_path: Path) -> None:
    """Two tries, then the reason; no half-written file is left, and the next sentence has its chance."""
    synthesiser = Synthesiser("zh", command=bad(how, 2, tmp_path))
    path = tmp_path / "said.wav"
    with pytest.raises(SynthesisError, match=reason):
        synthesiser.write(SAID["zh"], path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["starts"]
    if how in ("dies", "babbles"):
        assert synthesiser.write(SAID["zh"], path).duration_s > 2.0
    synthesiser.close()


@pytest.mark.parametrize(
    ("language", "command", "reason"),
    [
        ("tlh", None, "no voice is known for language 'tlh'"),
        ("zh", ["/nonexistent/python"], "the synthesiser does not start"),
        ("zh", [sys.executable, "-c", "raise SystemExit(1)"], "no zh voice: the synthesiser died"),
        ("zh", [sys.executable, "-c", """print('{"fault": "none installed"}')"""], "no zh voice: none installed"),
    ],
)
def test_no_voice_is_told(language: str, command: list[str] | None, reason: str) -> None:
    """Whatever keeps a voice from being there, its reason is in the error."""
    with pytest.raises(NoVoiceError, match=reason):
        Synthesiser(language, command=command)
