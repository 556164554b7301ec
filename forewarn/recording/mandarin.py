"""Pinyin of Mandarin as it is read here: pypinyin's, but for words that it gets wrong."""

from __future__ import annotations

from functools import cache
from typing import Final

EXCEPTIONS: Final = {"长时间": [["cháng"], ["shí"], ["jiān"]]}
"""Word to its syllables; pypinyin reads 长时间 as zhǎng shí jiān."""


@cache
def mend() -> None:
    """Teach pypinyin the exceptions, once a process; raises ImportError without it."""
    from pypinyin import load_phrases_dict

    load_phrases_dict(EXCEPTIONS)


def syllables(text: str) -> list[str]:
    """Return the syllables of Chinese characters, without tones; raises ImportError without pypinyin."""
    from pypinyin import lazy_pinyin

    mend()
    return list(lazy_pinyin(text))
