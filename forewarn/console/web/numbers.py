"""Whole numbers as they stand in paths, queries and headers."""

from __future__ import annotations

from typing import Final

MOST: Final = 10**18 - 1
"""Of entries and versions: more than any database here counts to."""


def whole(text: str, least: int = 0, most: int = MOST) -> int | None:
    """Return a number in decimal digits of ASCII within the bounds; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    return number if least <= (number := int(text)) <= most else None
