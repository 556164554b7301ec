"""Pinyin of Mandarin as it is read here: pypinyin's, but for words that it gets wrong."""

from __future__ import annotations

from functools import cache
from typing import Final

EXCEPTIONS: Final = {
    "长时间": [["cháng"], ["shí"], ["jiān"]],
    "请降速": [["qǐng"], ["jiàng"], ["sù"]],
}
"""Word to its syllables; pypinyin reads zhǎng shí jiān, and qǐng xiáng, to beg to surrender."""


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
