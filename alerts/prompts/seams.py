"""Seams: where the wordings of a table may be cut into phrases that are recorded once and joined again."""

from __future__ import annotations

import re
from typing import Final

SEAM: Final = "|"
"""One phrase ends here and another begins."""
SOFT_SEAM: Final = "¦"
"""As ``SEAM``, but the halves sound better as one: they are cut only where the whole is not worth recording."""
_SEAMS: Final = re.compile(f"[{SEAM}{SOFT_SEAM}]")


def seamless(glue: str, text: str) -> str:
    """Return a wording as it is read."""
    return _SEAMS.sub(glue, text)


def cut(glue: str, text: str, *, soft: bool) -> list[str]:
    """Return the phrases of a wording, cut at the seams; at the soft ones only if asked to."""
    whole = text if soft else text.replace(SOFT_SEAM, glue)
    return [phrase for phrase in _SEAMS.split(whole) if phrase]
