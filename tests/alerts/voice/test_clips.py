"""Sound files that are kept: rendered once for the same words, whole or not at all."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import pytest

from alerts.voice import NoVoiceError, VoiceError, WavInfo
from alerts.voice.clips import Clips
from alerts.voice.joining import LEVEL_DBFS, level_dbfs, read_wav, tone_s
from alerts.voice.wav import measure
from forewarn.recording.render import Parts, write_pack
from tests.forewarn.recording.hand_made import Hummer, make_pack


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
    assert first.path == again.path
    assert again.info.duration_s == 1.0
    assert made[-1].written == ["前方三百米"]
    clips.close()
    later = open_clips("zh", cache_dir=tmp_path)
    assert later.clip("前方三百米", "zh").path == first.path
    assert made[-1].written == []


def test_a_kept_clip_that_is_broken_is_rendered_anew(tmp_path: Path) -> None:
    """Half a file from a crash is never played."""
    clips = open_clips("zh", cache_dir=tmp_path)
    whole = clips.clip("前方", "zh")
    whole.path.write_bytes(whole.path.read_bytes()[:20])
    assert clips.clip("前方", "zh").path == whole.path
    assert len(made[-1].written) == 2


def test_a_language_without_a_voice_is_a_fault_and_an_error() -> None:
    """The others go on."""
    clips = open_clips("zh", "en")
    assert clips.voices == {"zh": "fake"}
    assert clips.faults == ["no en voice: none installed"]
    with pytest.raises(NoVoiceError, match="no en voice"):
        clips.clip("ahead", "en")
    clips.close()


def with_pack(tmp_path: Path, *texts: str) -> Clips:
    """Return clips with a pack of some phrases, hummed, and the fake synthesiser."""
    make_pack(tmp_path / "zh.zip", texts)
    return Clips(["zh"], tmp_path / "clips", FakeSynthesiser, lambda _: tmp_path / "zh.zip")  # type: ignore[arg-type]


def test_a_sentence_is_joined_from_recordings_or_synthesised_whole(tmp_path: Path) -> None:
    """One sentence, one voice: a single phrase that is not recorded leaves the whole of it to the synthesiser."""
    clips = with_pack(tmp_path, "前方四百米", "匝道", "请降速")
    assert clips.voices == {"zh": "hummer"}
    assert clips.recorded("前方400米匝道，请降速", "zh")
    joined = clips.clip("前方400米匝道，请降速", "zh")
    assert (joined.voice, joined.info.rate_hz) == ("hummer", 24_000)
    assert made[-1].written == []
    whole = clips.clip("前方400米老王家路口，请降速", "zh")
    assert whole.voice == "fake"
    assert made[-1].written == ["前方四百米老王家路口，请降速"]
    clips.close()


def test_a_phrase_recorded_anew_is_heard_at_once(tmp_path: Path) -> None:
    """A kept clip of the older recording is not played for it."""
    clips = with_pack(tmp_path, "请降速")
    old = clips.clip("请降速", "zh").path
    clips.close()
    parts = Parts((tmp_path / "zh.zip").with_suffix(".parts"), Hummer())
    parts.record("请降速", 2)
    write_pack(parts, tmp_path / "zh.zip")
    again = Clips(["zh"], tmp_path / "clips", FakeSynthesiser, lambda _: tmp_path / "zh.zip")  # type: ignore[arg-type]
    new = again.clip("请降速", "zh")
    assert new.path != old
    assert new.info.duration_s < measure(old).duration_s
    again.close()


def test_both_voices_are_as_loud(tmp_path: Path) -> None:
    """A driver does not turn the knob between two sentences."""
    clips = with_pack(tmp_path, "请降速")
    levels = [level_dbfs(*read_wav(clips.clip(text, "zh").path)) for text in ("请降速", "老王家路口")]
    assert levels == pytest.approx([LEVEL_DBFS, LEVEL_DBFS], abs=0.2)
    clips.close()


def test_the_attention_tone_goes_before_the_words(tmp_path: Path) -> None:
    """Of either voice, as a clip of its own."""
    clips = with_pack(tmp_path, "请降速")
    for text in ("请降速", "老王家路口"):
        plain, critical = clips.clip(text, "zh"), clips.clip(text, "zh", attention=True)
        assert plain.path != critical.path
        assert critical.info.duration_s - plain.info.duration_s == pytest.approx(tone_s(), abs=1e-3)
    clips.close()


def test_a_recording_that_cannot_be_read_is_said_and_synthesised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing falls back in silence; a pack that cannot be opened is a fault from the start."""
    make_pack(tmp_path / "zh.zip", ["请降速"])
    data = (tmp_path / "zh.zip").read_bytes()
    at = data.index(b"OggS") + 200
    (tmp_path / "zh.zip").write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
    clips = Clips(["zh"], tmp_path / "clips", FakeSynthesiser, lambda _: tmp_path / "zh.zip")  # type: ignore[arg-type]
    assert clips.clip("请降速", "zh").voice == "fake"
    assert "the synthesiser speaks instead" in caplog.text
    clips.close()
    gone = Clips(["zh"], tmp_path / "clips", FakeSynthesiser, lambda _: tmp_path / "gone.zip")  # type: ignore[arg-type]
    assert gone.voices == {"zh": "fake"}
    assert "gone.zip: not a clip pack" in gone.faults[0]
    gone.close()


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


def test_a_folder_of_its_own_keeps_few_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those asked for last; one that was removed is rendered again. A folder that was given is left alone."""
    monkeypatch.setattr("alerts.voice.clips.MOST", 3)
    clips = open_clips("zh")
    first = clips.clip("一", "zh").path
    for text in "二三":
        clips.clip(text, "zh")
    assert clips.clip("一", "zh").path == first and len(made[-1].written) == 3
    clips.clip("四", "zh")
    assert first.exists() and len(list(first.parent.glob("*.wav"))) == 3
    clips.clip("二", "zh")
    assert len(made[-1].written) == 5 and len(list(first.parent.glob("*.wav"))) == 3
    clips.close()


def test_a_given_folder_keeps_all_clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gave it decides."""
    monkeypatch.setattr("alerts.voice.clips.MOST", 3)
    clips = open_clips("zh", cache_dir=tmp_path)
    for text in "一二三四五":
        clips.clip(text, "zh")
    assert len(list(tmp_path.glob("*.wav"))) == 5
