"""A recogniser's ear: what Whisper base hears in a sound, and how far that is from what was said.

The error is edits over units: syllables without tones in Mandarin (匝道 and 渣道 differ, 米 and 迷 do not), words in
English; figures count as the words they are read as.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from alerts.prompts import readable
from alerts.prompts.en_numbers import SMALL
from alerts.voice.joining import Samples
from forewarn.recording.mandarin import syllables
from forewarn.recording.models import WHISPER, MissingError, whisper_folder

HEARS_HZ: Final = 16_000
"""The rate that the recogniser takes."""
NAME: Final = "Whisper base (int8)"

_SPELLED: Final = {
    "meters": "metres",
    "meter": "metre",
    "kilometers": "kilometres",
    "kilometer": "kilometre",
    "unsignaled": "unsignalled",
}
"""American spelling to the tables' own."""
_ALIKE: Final = (
    (r"\bhundred and\b", "hundred"),
    (r"\byou're\b", "you are"),
    (r"\bblack spot", "blackspot"),
    *(
        (rf"\b{teen} hundred\b", f"one thousand {unit} hundred")
        for teen, unit in zip(SMALL[11:20], SMALL[1:10], strict=True)
    ),
)
"""What is written in two ways and sounds as one: pattern to the one that is compared."""


def _processors() -> int:
    """Return how many processors this process may use: fewer than there are, in a container or under ``taskset``."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _syllables(text: str) -> list[str]:
    return syllables(_characters(text))


def _characters(text: str) -> str:
    return re.sub(r"[^㐀-鿿]", "", readable("zh", text))


def _readings(text: str) -> list[frozenset[str]]:
    from pypinyin import NORMAL, pinyin

    return [frozenset(pinyin(character, style=NORMAL, heteronym=True)[0]) for character in _characters(text)]


def _words(text: str) -> list[str]:
    plain = readable("en", text).lower().replace("-", " ")
    for pattern, one in _ALIKE:
        plain = re.sub(pattern, one, plain)
    return [_SPELLED.get(word, word) for word in re.findall(r"[a-z']+", plain)]


UNITS: Final[dict[str, Callable[[str], list[str]]]] = {"zh": _syllables, "en": _words}
"""Language to what cuts a text into the units that are compared."""
READINGS: Final[dict[str, Callable[[str], list[frozenset[str]]]]] = {"zh": _readings}
"""Language to all the units that each one written may stand for: 扎 is written for zha and for za."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One sound as it was heard."""

    said: str
    heard: str
    edits: int
    """Units that would have to be changed, added or left out."""
    units: int
    """Units that were said."""
    wrong: tuple[int, ...]
    """Which of the units said were not heard, by number."""


def compare(language: str, said: str, heard: str) -> Heard:
    """Return how far what was heard is from what was said; raises MissingError without the extra ``listen``."""
    try:
        from rapidfuzz.distance import Levenshtein

        want, got = UNITS[language](said), UNITS[language](heard)
        readings = READINGS[language](heard) if language in READINGS else [frozenset((unit,)) for unit in got]
    except ImportError as error:
        raise MissingError(f"{error.name} is not installed: {WHISPER.get}") from error
    edits = [
        edit
        for edit in Levenshtein.editops(want, got)
        if edit.tag != "replace" or want[edit.src_pos] not in readings[edit.dest_pos]
    ]
    wrong = sorted({min(edit.src_pos, len(want) - 1) for edit in edits})
    return Heard(said, heard, len(edits), len(want), tuple(wrong))


class Recogniser:
    """The recogniser, loaded once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load it; raises MissingError where it or its model is not there."""
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise MissingError(f"{error.name} is not installed: {WHISPER.get}") from error
        model = str(whisper_folder(folder))
        self._model: Any = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=_processors())

    def hear(self, samples: Samples, rate_hz: int, language: str) -> str:
        """Return the words of a sound.

        No prompt and no memory of what came before: with either it was seen to loop on synthetic speech. Temperature
        nought: the same sound is always heard alike.
        """
        from scipy.signal import resample_poly

        common = np.gcd(HEARS_HZ, rate_hz)
        sound = resample_poly(samples, HEARS_HZ // common, rate_hz // common).astype(np.float32)
        pieces, _ = self._model.transcribe(sound, language=language, temperature=0.0, condition_on_previous_text=False)
        return " ".join(piece.text.strip() for piece in pieces)
