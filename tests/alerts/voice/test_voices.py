"""The voice that is chosen reads its language: phoneme by phoneme, without listening."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from pypinyin import Style, lazy_pinyin

from alerts.prompts.phrases import phrases
from alerts.voice.child import Mouth
from alerts.voice.voices import WANTED
from forewarn.recording.mandarin import mend
from tests.alerts.prompts.cases import some

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only espeak-ng tells its phonemes")

NEUTRAL = "11"
"""How espeak writes the neutral tone, which pypinyin gives to few syllables: 个, 息."""


@pytest.fixture(scope="module")
def mandarin() -> Mouth:
    """The Mandarin voice that would speak here."""
    return Mouth(WANTED["zh"], None, WANTED["zh"].rate)


def sounds(phonemes: str) -> tuple[str, list[str]]:
    """Return the phonemes without stress, pauses and tones, and the tones in order."""
    bare = re.sub(r"[ '_|,]", "", phonemes)
    return re.sub(r"\d+", "", bare), re.findall(r"\d+", bare)


def test_mandarin_is_never_read_as_english(mandarin: Mouth) -> None:
    """No phrase of the tables, and no sentence, makes the voice change its language, as espeak's mark would show."""
    for text in (*phrases("zh"), *some("zh", 500)):
        assert "(" not in mandarin.phonemes(text), text


def test_mandarin_syllables_are_those_of_a_dictionary(mandarin: Mouth) -> None:
    """From characters or from a dictionary's pinyin, a sentence sounds the same: syllables and tones.

    But for neutral tones, and for 一, whose tone goes by what follows it.
    """
    mend()
    texts = some("zh", 200)
    read = [sounds(mandarin.phonemes(text)) for text in texts]
    by_pinyin = Mouth(WANTED["zh"], "cmn-latn-pinyin", WANTED["zh"].rate)
    for text, (syllables, tones) in zip(texts, read, strict=True):
        pinyin = " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)).replace("，", ",")
        wanted, wanted_tones = sounds(by_pinyin.phonemes(pinyin))
        assert syllables == wanted, text
        for character, tone, other in zip(text.replace("，", ""), tones, wanted_tones, strict=True):
            assert tone in (other, NEUTRAL) or character == "一", (text, character, tone, other)


def test_a_voice_that_spells_out_is_not_chosen() -> None:
    """A voice that reads the sample in another language is passed over; where none is left, the reason is told."""
    spelling = replace(WANTED["zh"], espeak=("cmn",), sample="A")
    with pytest.raises(LookupError, match=r"cmn: reads A as \(en\)"):
        Mouth(spelling, None, 200)
    two = replace(WANTED["zh"], espeak=("en", "cmn"))
    assert Mouth(two, None, 200).voice.rsplit("/", 1)[-1] == "cmn"


@pytest.mark.parametrize(
    ("language", "voice", "answer"),
    [
        ("zh", [], '"voice": "sit/cmn"'),
        ("en", [], '"voice": "gmw/en"'),
        ("zh", ["nowhere"], '"fault": "nowhere: '),
        ("zh", ["en"], '"fault": "en: got gmw/en instead"'),
    ],
)
def test_the_child_tells_its_voice_or_what_is_wrong(language: str, voice: list[str], answer: str) -> None:
    """pyttsx3 goes on with another voice where one is missing; that is found out, never passed over."""
    command = [sys.executable, "-P", "-m", "alerts.voice.child", language, "200", *voice]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=True)
    assert answer in ended.stdout
