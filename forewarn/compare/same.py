"""When two entries of two segment files are one place. Stands alone, since whoever edits needs no geometry library."""

from __future__ import annotations

from typing import Final

SAME_M: Final = 30.0
"""Entries this near to each other are one: what a kink drawn anew, or another junction of one crossing, may shift."""
SAME_DEG: Final = 45.0
"""If they are entered in one direction, that is."""
