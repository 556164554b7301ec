"""0x6006 a terminal's words, such as its answer to a text: a vendor's own, terminal to platform, GBK."""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import REST_TEXT

ID: Final = 0x6006
NAME: Final = "vendor_text"
LAYOUT: Final = c.Struct("text" / REST_TEXT)
