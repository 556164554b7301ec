"""Which voice reads which language: names to try in turn, and the test that it really does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes a voice fit for a language."""

    espeak: tuple[str, ...]
    """Voices of espeak-ng to try in turn."""
    family: str
    """How the identifier of the voice that espeak-ng reports afterwards begins."""
    words: tuple[str, ...]
    """Elsewhere (SAPI5, NSSpeechSynthesizer): what a fit voice's id, name or languages contain, in small letters."""
    sample: str
    """A word to try the voice on."""
    foreign: str
    """What the sample's phonemes must not contain: the mark of a change into another language; empty for none."""
    rate: int
    """Words per minute: every sentence of the tables stays under the seconds allowed for it."""


WANTED: Final[dict[str, Wanted]] = {
    # espeak-ng 1.51 reads `cmn` as English letters, 1.52 does not; `cmn-latn-pinyin` is right in both
    "zh": Wanted(("cmn", "cmn-latn-pinyin"), "cmn", ("zh", "chinese", "mandarin"), "前", "(en)", 200),
    "en": Wanted(("en", "en-us"), "en", ("en-", "en_", "english"), "ahead", "", 200),
}
"""Language code to what its voice must be."""
