"""0x8304 information, platform to terminal.

BYTE  kind, of the menu (0x8303)
WORD, STRING  length, content
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, counted_text

ID: Final = 0x8304
NAME: Final = "info"
LAYOUT: Final = c.Struct("info_type" / BYTE, "content" / counted_text(WORD))
