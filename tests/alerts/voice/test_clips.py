"""Sound files that are kept: rendered once for the same words, whole or not at all."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import pytest

from alerts.voice import NoVoiceError, VoiceError, WavInfo
from alerts.voice.clips import Clips
from alerts.voice.wav import measure


class FakeSynthesiser:
    """Writes a second of a square wave; counts what it wrote. There is no English one."""

    voice = "fake"
    rate = 200
    written: list[str]

    def __init__(self, language: str) -> None:
        if language == "en":
            raise NoVoiceError("no en voice: none installed")
        self.written = []
        made.append(self)

    def write(self, text: str, path: Path) -> WavInfo:
        """Write the same sound for any text."""
        self.written.append(text)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(b"\x00\x20\x00\xe0" * 11025)
        return measure(path)

    def close(self) -> None:
        """Nothing to end."""


made: list[FakeSynthesiser] = []


def open_clips(*languages: str, cache_dir: Path | None = None) -> Clips:
    """Return clips with the fake synthesiser, which is the last of ``made``."""
    return Clips(languages, cache_dir, FakeSynthesiser, lambda _: None)  # type: ignore[arg-type]


def test_the_same_words_are_rendered_once(tmp_path: Path) -> None:
    """Also where they were written otherwise, and also in the next run, from the kept folder."""
    clips = open_clips("zh", cache_dir=tmp_path)
    first = clips.clip("前方300米", "zh")
    again = clips.clip("前方三百米", "zh")
    assert first == again
    assert again.info.duration_s == 1.0
    assert made[-1].written == ["前方三百米"]
    clips.close()
    later = open_clips("zh", cache_dir=tmp_path)
    assert later.clip("前方三百米", "zh") == first
    assert made[-1].written == []


def test_a_kept_clip_that_is_broken_is_rendered_anew(tmp_path: Path) -> None:
    """Half a file from a crash is never played."""
    clips = open_clips("zh", cache_dir=tmp_path)
    whole = clips.clip("前方", "zh")
    whole.path.write_bytes(whole.path.read_bytes()[:20])
    assert clips.clip("前方", "zh") == whole
    assert len(made[-1].written) == 2


def test_a_language_without_a_voice_is_a_fault_and_an_error() -> None:
    """The others go on."""
    clips = open_clips("zh", "en")
    assert clips.voices == {"zh": "fake"}
    assert clips.faults == ["no en voice: none installed"]
    with pytest.raises(NoVoiceError, match="no en voice"):
        clips.clip("ahead", "en")
    clips.close()


def test_clips_of_no_folder_go_at_the_end() -> None:
    """Nothing is left of a run that was to keep nothing."""
    clips = open_clips("zh")
    path = clips.clip("前方", "zh").path
    assert path.exists()
    clips.close()
    assert not path.parent.exists()


def test_writes_to_a_file_of_ones_own_or_says_why_not(tmp_path: Path) -> None:
    """Folders are made, an old file is replaced; where it cannot be written the path is named, and nothing is left."""
    clips = open_clips("zh")
    path = tmp_path / "new" / "said.wav"
    clips.write("前方", "zh", path)
    path.write_bytes(b"old")
    clips.write("前方", "zh", path)
    assert measure(path).duration_s == 1.0
    for wrong in (path / "x.wav", path.parent):
        with pytest.raises(VoiceError, match=re.escape(f"{wrong}: ")):
            clips.write("前方", "zh", wrong)
    assert [entry.name for entry in path.parent.iterdir()] == ["said.wav"]
    clips.close()
