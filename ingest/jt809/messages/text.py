"""0x9503 a text for a vehicle, upper to lower platform, which sends it on to the terminal; answered by 0x1503.

DWORD          sequence number (2011)
BYTE           priority: 0 urgent, 1 normal
DWORD, STRING  length, text of 1,024 bytes at most

Nothing says whether it is to be read aloud. Some platforms keep the sequence number in 2019; the length tells it.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, DWORD, LONG_TEXT, Either, Named

ID: Final = 0x9503
NAME: Final = "text"
MOST_BYTES: Final = 1024
"""Of GBK."""
PRIORITIES: Final = {0: "urgent", 1: "normal"}
_TEXT: Final = ("priority" / Named(BYTE, PRIORITIES), "text" / LONG_TEXT)
LAYOUT: Final = c.Struct("sequence" / DWORD, *_TEXT)
LAYOUTS: Final = {2019: Either(c.Struct(*_TEXT), LAYOUT, lambda told: told.get("sequence") is not None)}
