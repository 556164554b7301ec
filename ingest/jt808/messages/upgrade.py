"""0x8108 upgrade, platform to terminal; answered by 0x0108.

BYTE     what: 0 terminal, 12 reader of the transport card, 52 GNSS module
BYTE[5]  maker
BYTE, STRING  length, version
DWORD, BYTE[] length, data
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, Named, counted_raw, counted_text, text

ID: Final = 0x8108
NAME: Final = "upgrade"
PARTS: Final = {0: "terminal", 12: "card_reader", 52: "gnss_module"}
LAYOUT: Final = c.Struct(
    "part" / Named(BYTE, PARTS), "maker_id" / text(5), "version" / counted_text(BYTE), "data" / counted_raw(DWORD)
)
