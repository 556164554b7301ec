"""Words that others wrote, made fit for a terminal or a log."""

from __future__ import annotations

import re
from typing import Final

CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that would move the cursor or turn the text: names come from files that others wrote."""


def clean(text: str) -> str:
    """Return the text without control characters."""
    return CONTROLS.sub("?", text)
