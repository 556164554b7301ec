"""A sentence laid out in recorded phrases: the fewest that make it whole, with a pause at every mark of punctuation."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from alerts.prompts import LANGUAGES

PAUSE: Final = ""
"""Stands in a tiling for the pause between two clauses."""
LONGEST: Final = 24
"""Most characters (or words) that one phrase has; a bound for the search alone."""
_MARKS: Final = re.compile(r"[，。；！？、,;.!?]+")


def tile(language: str, text: str, known: Container[str]) -> list[str] | None:
    """Return the known phrases that make up the text, ``PAUSE`` between clauses; None where they do not.

    The text has its figures in words (``readable``). Of all ways the one with the fewest phrases is taken.
    """
    glue = LANGUAGES[language].GLUE
    tiles: list[str] = []
    for clause in filter(None, (part.strip() for part in _MARKS.split(text))):
        parts = _tile_clause(clause.lower().split(glue) if glue else list(clause), glue, known)
        if parts is None:
            return None
        tiles += [PAUSE, *parts] if tiles else parts
    return tiles or None


def _tile_clause(units: list[str], glue: str, known: Container[str]) -> list[str] | None:
    fewest: list[list[str] | None] = [[], *[None] * len(units)]
    for end in range(1, len(units) + 1):
        for start in range(max(0, end - LONGEST), end):
            before, best = fewest[start], fewest[end]
            if before is None or (best is not None and len(best) <= len(before) + 1):
                continue
            phrase = glue.join(units[start:end])
            if phrase in known:
                fewest[end] = [*before, phrase]
    return fewest[-1]
