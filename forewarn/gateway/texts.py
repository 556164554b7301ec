"""A prompt as the text that a terminal reads aloud: 0x8300."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from ingest.jt808.fields import gbk_within, ungbk

TEXT: Final = 0x8300
MOST_BYTES: Final = 1_000
"""Of GBK: the standard allows 1,024, and a frame holds 1,023 with flag and type."""
URGENT: Final = 3
"""Prompts up to this priority are urgent: they tell what is to be done now. Others are notices."""


def sayable(text: str) -> str:
    """Return what of a text can be read aloud: one line without control characters, as long as a terminal takes it.

    What GBK does not know is left out: a terminal would read a question mark aloud.
    """
    plain = "".join(_sayable(one) for one in text)
    return ungbk(gbk_within(" ".join(plain.split()), MOST_BYTES))


def _sayable(one: str) -> str:
    if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp"):
        return " "
    try:
        one.encode("gbk")
    except UnicodeEncodeError:
        return ""
    return one


def message(text: str, priority: int, version: int) -> dict[str, Any]:
    """Return the body of 0x8300 that displays a text and reads it aloud."""
    urgent = priority <= URGENT
    if version < 2019:
        return {"flag": [*(["urgent"] if urgent else []), "display", "read_aloud"], "text": text}
    return {"flag": ["urgent" if urgent else "notice", "display", "read_aloud"], "type": "notice", "text": text}
