"""The real synthesiser, and children that hang, die or talk nonsense."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypinyin import Style, pinyin

from alerts.prompts import sentence, speech_s
from alerts.voice import NoVoiceError, SynthesisError, synthesiser, write_wav
from alerts.voice.clips import Clips
from alerts.voice.synthesiser import Synthesiser
from tests.alerts.prompts.cases import fatigue, places

CHILD = [sys.executable, "-P", "-m", "alerts.voice.child"]


def fake(tmp_path: Path, body: str) -> list[str]:
    """Return a child that answers as ``body`` says; ``runs`` counts its starts, ``request`` is what was asked."""
    script = tmp_path / "child.py"
    script.write_text(
        "import json, sys, time, pathlib, wave\n"
        f"count = pathlib.Path({str(tmp_path / 'runs')!r})\n"
        "runs = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(runs))\n"
        "def sound(seconds, level):\n"
        "    with wave.open(request['path'], 'wb') as f:\n"
        "        f.setnchannels(1); f.setsampwidth(2); f.setframerate(8000)\n"
        "        f.writeframes(int(level).to_bytes(2, 'little', signed=True) * int(8000 * seconds))\n"
        "def say(**fields): print(json.dumps(fields), flush=True)\n"
        "say(voice='fake')\n"
        "for line in sys.stdin:\n"
        "    request = json.loads(line)\n" + "".join(f"    {line}\n" for line in body.splitlines())
    )
    return [sys.executable, str(script)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_is_spoken_within_its_time(language: str, tmp_path: Path) -> None:
    """The seconds that the engine reckons with are never exceeded, over a broad sample of all sentences."""
    texts = sorted({sentence(language, facts) for facts in places() + fatigue()})
    sample = random.Random(3).sample(texts, 150) + sorted(texts, key=len)[:25] + sorted(texts, key=len)[-25:]
    voice = Synthesiser(language)
    try:
        for text in sample:
            assert voice.write(text, tmp_path / "clip.wav").duration_s <= speech_s(language, text), text
    finally:
        voice.close()


@pytest.fixture
def readers() -> Iterator[list[subprocess.Popen[str]]]:
    """The voice that reads characters, and the one that reads pinyin."""
    children = [
        subprocess.Popen(
            [*CHILD, "zh", "200", voice],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for voice in ("cmn", "cmn-latn-pinyin")
    ]
    for child in children:
        assert child.stdout is not None
        assert "voice" in json.loads(child.stdout.readline())
    yield children
    for child in children:
        child.communicate()


def phonemes(child: subprocess.Popen[str], text: str) -> str:
    """Return the phonemes; stress, spaces and the light tone (1, else 5) do not count."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps({"phonemes": text}) + "\n")
    child.stdin.flush()
    return re.sub(r"[ˈˌ \-.̪]", "", str(json.loads(child.stdout.readline())["phonemes"])).replace("1", "5")


def test_mandarin_is_read_as_mandarin(readers: list[subprocess.Popen[str]]) -> None:
    """Every clause has the syllables and tones of its pinyin, and no English in it."""
    texts = sorted({sentence("zh", facts) for facts in places() + fatigue()})
    clauses = sorted({clause for text in random.Random(5).sample(texts, 300) for clause in text.split("，")})
    assert len(clauses) > 100
    for clause in clauses:
        syllables = " ".join(s[0] for s in pinyin(clause, style=Style.TONE3, neutral_tone_with_five=True))
        heard = phonemes(readers[0], clause)
        assert "(en)" not in heard, clause
        assert heard == phonemes(readers[1], syllables), (clause, syllables)


def test_writes_a_whole_file(tmp_path: Path) -> None:
    """A sentence becomes a WAV file in a folder that is made; the figures in it are read."""
    info = write_wav("前方300米村庄", "zh", tmp_path / "new" / "prompt.wav")
    assert (info.rate_hz, 1.0 < info.duration_s < 4.0, info.rms > 0.02) == (22050, True, True)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["prompt.wav"]


def test_a_kept_clip_is_used_again_and_a_broken_one_rendered_anew(tmp_path: Path) -> None:
    """The same words at the same voice and rate have one clip."""
    clips = Clips(["zh"], tmp_path)
    path, info = clips.clip("请减速", "zh")
    stamp = path.stat().st_mtime_ns
    assert clips.clip("请减速", "zh") == (path, info)
    assert path.stat().st_mtime_ns == stamp
    path.write_bytes(b"RIFF")
    assert clips.clip("请减速", "zh")[1].frames == info.frames
    clips.close()
    assert list(tmp_path.iterdir()) == [path]


def test_no_voice_is_reported() -> None:
    """A language without a voice, and a synthesiser that does not start, are named; nothing else reads it instead."""
    with pytest.raises(NoVoiceError, match="'tlh'"):
        Synthesiser("tlh")
    with pytest.raises(NoVoiceError, match="does not start"):
        Synthesiser("zh", command=["/nowhere/python"])
    with pytest.raises(NoVoiceError, match="no zh voice: the synthesiser died"):
        Synthesiser("zh", command=[sys.executable, "-c", "pass"])


def test_a_child_that_hangs_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer in time: killed, started anew, and the sentence is there at the second try."""
    monkeypatch.setattr(synthesiser, "ANSWER_S", 0.3)
    voice = Synthesiser("zh", command=fake(tmp_path, "if runs == 1: time.sleep(60)\nsound(1.0, 9000); say()"))
    started = time.monotonic()
    assert voice.write("请减速", tmp_path / "clip.wav").duration_s == 1.0
    assert time.monotonic() - started < 5.0
    assert voice.restarts == 1
    voice.close()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("sys.exit()", "the synthesiser died"),
        ("say(fault='no such voice')", "no such voice"),
        ("print('hello', flush=True)", "answered 'hello"),
        ("say()", "not a WAV file"),
        ("sound(0.0, 0); say()", "an empty sound"),
        ("sound(9.0, 9000); say()", "9.00 s for 3"),
        ("sound(0.1, 9000); say()", "0.10 s for 3"),
        ("sound(1.0, 3); say()", "a silent sound"),
    ],
)
def test_a_bad_sound_is_an_error_and_leaves_no_file(tmp_path: Path, body: str, fault: str) -> None:
    """Tried twice, then an error that says what is wrong; never half a file."""
    voice = Synthesiser("zh", command=fake(tmp_path, body))
    with pytest.raises(SynthesisError, match=fault):
        voice.write("请减速", tmp_path / "clip.wav")
    assert not list(tmp_path.glob("*.wav")) + list(tmp_path.glob(".*.wav"))
    voice.close()
