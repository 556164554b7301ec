"""Recording packs: every phrase once, short enough, and never begun again from nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from alerts.prompts.phrases import phrases
from alerts.voice.pack import Pack
from forewarn.recording.kokoro import RATE_HZ, TAKES
from forewarn.recording.phrase import most_s
from forewarn.recording.render import JOURNAL, Parts, parts_of, record_all, wanted, write_pack
from tests.forewarn.recording.hand_made import UNIT_S, Hummer, make_pack

TEXTS = phrases("zh")[:6]


def test_a_pack_holds_what_was_recorded_in_the_order_of_the_tables(tmp_path: Path) -> None:
    """Manifest and sounds; the silence at the ends is gone."""
    manifest = make_pack(tmp_path / "zh.zip", reversed(TEXTS))
    assert [phrase.text for phrase in manifest.phrases] == list(TEXTS)
    pack = Pack(tmp_path / "zh.zip")
    assert pack.manifest == manifest
    for phrase in manifest.phrases:
        assert phrase.seconds == pytest.approx(len(phrase.text) * UNIT_S, abs=0.08)
        assert len(pack.samples([phrase.text])) / RATE_HZ == pytest.approx(phrase.seconds, abs=0.01)


def test_an_interrupted_recording_goes_on_where_it_was(tmp_path: Path) -> None:
    """Also where the interruption tore the last line of the journal."""
    folder = parts_of(tmp_path / "zh.zip")
    first = Hummer()
    first.fails_after = 3
    parts = Parts(folder, first)
    with pytest.raises(KeyboardInterrupt):
        record_all(parts, wanted("zh", parts))
    with (folder / JOURNAL).open("ab") as journal:
        journal.write(b'{"text": "torn')
    second = Hummer()
    parts = Parts(folder, second)
    left = wanted("zh", parts)
    assert left == list(phrases("zh")[3:])
    record_all(parts, left[:2])
    assert [text for text, _ in second.said] == left[:2]
    assert len(write_pack(parts, tmp_path / "zh.zip").phrases) == 5
    third = Parts(folder, Hummer())
    assert len(third.recorded) == 5


def test_another_voice_records_anew(tmp_path: Path) -> None:
    """One pack, one voice."""
    parts = Parts(tmp_path, Hummer())
    record_all(parts, TEXTS)
    other = Parts(tmp_path, Hummer(voice_sha256="2" * 64))
    assert wanted("zh", other) == list(phrases("zh"))


def test_recordings_of_an_older_pack_are_taken_over_as_they_are(tmp_path: Path) -> None:
    """A changed wording costs its own phrases only; another voice's pack is left alone."""
    make_pack(tmp_path / "old.zip", TEXTS[:4])
    old = Pack(tmp_path / "old.zip")
    parts = Parts(tmp_path / "parts", Hummer())
    assert parts.adopt(old) == 4
    assert parts.adopt(old) == 0
    assert wanted("zh", parts)[:2] == list(phrases("zh")[4:6])
    record_all(parts, TEXTS[4:5])
    new = write_pack(parts, tmp_path / "new.zip")
    assert [phrase.sha256 for phrase in new.phrases[:4]] == [phrase.sha256 for phrase in old.manifest.phrases]
    assert len(parts.kept(TEXTS[0])) / RATE_HZ == pytest.approx(new.phrases[0].seconds, abs=0.01)
    assert Parts(tmp_path / "other", Hummer(voice_sha256="2" * 64)).adopt(old) == 0


def test_a_phrase_that_lasts_too_long_is_spoken_faster(tmp_path: Path) -> None:
    """By the first take that is short enough, the shortest where none is."""
    slow = Hummer()
    slow.speak = lambda text, take: Hummer.speak(slow, text * 2, take)  # type: ignore[method-assign]
    parts = Parts(tmp_path, slow)
    long, text = "前方四百米", "车速一百二十一"
    record_all(parts, [long, text])
    for one in parts.recorded.values():
        assert one.take > 0
        faster = [take for take in range(len(TAKES)) if TAKES[take].speed > TAKES[one.take].speed]
        assert one.seconds <= most_s("zh", one.text) or not faster


def test_a_pack_is_whole_or_not_there(tmp_path: Path) -> None:
    """A folder in the way of the pack: nothing half is left."""
    parts = Parts(tmp_path / "parts", Hummer())
    record_all(parts, TEXTS[:1])
    with pytest.raises(OSError, match="nowhere"):
        write_pack(parts, tmp_path / "nowhere" / "zh.zip")
    make_pack(tmp_path / "zh.zip", TEXTS[:2])
    with zipfile.ZipFile(tmp_path / "zh.zip") as held:
        assert held.testzip() is None
