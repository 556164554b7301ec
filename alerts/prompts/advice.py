"""A segment's own sentence, made fit to be spoken: nothing that a synthesiser takes for a command, one breath long."""

from __future__ import annotations

import html
import re
import unicodedata
from types import ModuleType
from typing import Final

_COMMANDS: Final = re.compile(r"\[\[.*?\]\]|<[^<>]*>|\{[^{}]*\}", re.DOTALL)
"""Phonemes of espeak, tags of SSML and of any markup, templates."""
_STRAY: Final = re.compile(r"[\[\]<>{}\\|^_`$#@*=]+|~(?!\s*\d)|(?<!\d)(?<!\d )~")
"""Signs that a synthesiser names or obeys; a tilde stays between figures, where it means a range."""
_PAUSES: Final = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_STOPS: Final = re.compile(r"(?<=[，。；！？、,;.!?])")
_DOUBLED: Final = re.compile(r"([，。；！？、,;.!?])(?:\s*[，。；！？、,;.!?])+")
_UNITS: Final = "°℃"
"""Signs among the symbols that are read aloud."""
_EDGE: Final = " ，。；、,;.:："


def clean(text: str) -> str:
    """Return the text without control and format characters, markup, commands of a synthesiser and line ends."""
    text = html.unescape(text)
    while (bare := _COMMANDS.sub(" ", text)) != text:
        text = bare
    text = _PAUSES.sub(", ", text)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zs", "So") and c not in _UNITS else c for c in text)
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    text = _DOUBLED.sub(r"\1", " ".join(_STRAY.sub(" ", text).split()))
    return text.strip(_EDGE)


def spoken(tongue: ModuleType, text: str, most: int) -> str:
    """Return the advice as this language speaks it, cut after the last clause that fits into ``most`` units.

    Empty where nothing is left, where the language cannot read it, or where even the first clause is too long: the
    table's sentence is spoken then, since half a clause may say the opposite of the whole.
    """
    text = tongue.read(clean(text))
    if not tongue.reads(text):
        return ""
    said = ""
    for clause in _STOPS.split(text):
        if tongue.units(said + clause) > most:
            break
        said += clause
    return said.strip(_EDGE) if tongue.units(said) else ""
