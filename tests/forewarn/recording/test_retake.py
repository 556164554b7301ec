"""Recording anew what was misheard."""

from __future__ import annotations

from pathlib import Path

from alerts.voice.joining import Samples, joined_s
from alerts.voice.tiling import PAUSE
from forewarn.recording.kokoro import RATE_HZ, TAKES
from forewarn.recording.render import Parts, record_all
from forewarn.recording.retake import Listener, misheard
from tests.forewarn.recording.hand_made import Hummer

SENTENCE = "前方四百米匝道，请降速"
TILES = ["前方四百米", "匝道", PAUSE, "请降速"]


class Ear:
    """Mishears 匝道 unless the whole is as short as a faster take makes it; a mock of the recogniser."""

    def __init__(self, understands_s: float) -> None:
        self.understands_s = understands_s

    def hear(self, samples: Samples, rate_hz: int, language: str) -> str:
        """Return what was heard."""
        return SENTENCE if len(samples) / rate_hz < self.understands_s else SENTENCE.replace("匝道", "渣道")


def test_misheard_units_are_laid_to_their_phrase() -> None:
    """Whatever stands before it."""
    assert misheard("zh", TILES, SENTENCE, "前方400米渣到，请降速") == {"匝道": 1}
    assert misheard("zh", TILES, SENTENCE, "前方400米匝道，请加") == {"请降速": 2}
    assert misheard("zh", TILES, SENTENCE, SENTENCE) == {}


def test_the_take_that_is_understood_is_kept(tmp_path: Path) -> None:
    """Of those that are short enough the first that is heard right; nothing else is recorded anew."""
    parts = Parts(tmp_path, Hummer())
    record_all(parts, [tile for tile in TILES if tile != PAUSE])
    whole_s = joined_s(None if tile == PAUSE else parts.recorded[tile].seconds for tile in TILES)
    listener = Listener(parts, Ear(whole_s - 0.02))
    assert listener.doubtful([SENTENCE, "没有录音"]) == {"匝道": 1}
    assert listener.retake("匝道") == (1, 0)
    assert TAKES[parts.recorded["匝道"].take].speed > 1.0
    assert parts.recorded["匝道"].seconds < 0.43
    assert len(parts.kept("匝道")) / RATE_HZ < 0.43
    assert {parts.recorded[t].take for t in ("前方四百米", "请降速")} == {0}


def test_what_no_take_mends_stays(tmp_path: Path) -> None:
    """The first recording, with its error said."""
    parts = Parts(tmp_path, Hummer())
    record_all(parts, [tile for tile in TILES if tile != PAUSE])
    listener = Listener(parts, Ear(0.0))
    listener.doubtful([SENTENCE])
    assert listener.retake("匝道") == (1, 1)
    assert parts.recorded["匝道"].take == 0


def test_what_was_heard_is_not_heard_again(tmp_path: Path) -> None:
    """An interrupted round goes on where it was; another take of a phrase is heard anew."""
    parts = Parts(tmp_path, Hummer())
    record_all(parts, [tile for tile in TILES if tile != PAUSE])
    assert Listener(parts, Ear(0.0)).doubtful([SENTENCE]) == {"匝道": 1}
    assert Listener(parts, Ear(99.0)).doubtful([SENTENCE]) == {"匝道": 1}
    parts.record("请降速", 2)
    assert Listener(parts, Ear(99.0)).doubtful([SENTENCE]) == {}
