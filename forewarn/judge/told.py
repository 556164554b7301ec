"""The metres that a sentence tells, read back from its words: what the driver hears is judged, not what was meant."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from alerts.prompts import LANGUAGES
from alerts.prompts.rounding import FEET, M_PER_FOOT, METRES

SHARED_UNIT: Final = (" metres",)
"""Units that the first of two distances leaves to the second: ``in four hundred and nine hundred metres``."""


@lru_cache(maxsize=8192)
def told_m(language: str, text: str) -> tuple[float, ...]:
    """Return the distances that a sentence tells, metres, in the order of its words; none where it tells none.

    Raises KeyError for a language that no table has.
    """
    words, pattern = _words(language)
    return tuple(words[found[0]] for found in pattern.finditer(text))


@cache
def _words(language: str) -> tuple[dict[str, float], re.Pattern[str]]:
    """Return every distance that the language says, words to metres, and the pattern that finds them."""
    tongue = LANGUAGES[language]
    spoken = [(float(metres), False) for metres in METRES] + [(feet * M_PER_FOOT, True) for feet in FEET]
    words = {str(tongue.distance(metres, miles)): metres for metres, miles in spoken}
    found = {re.escape(phrase): len(phrase) for phrase in words}
    for phrase, metres in list(words.items()):
        for unit in SHARED_UNIT:
            if phrase.endswith(unit):
                bare = phrase.removesuffix(unit)
                words[bare] = metres
                found[rf"(?<=\bin ){re.escape(bare)}(?= and )"] = len(bare)
    # the longest first: a short distance is often the end of a long one
    return words, re.compile("|".join(sorted(found, key=lambda one: -found[one])))
