"""0x0802 stored media, terminal to platform: answers 0x8802.

WORD   serial number of what is answered
WORD   count
for each:
DWORD     id
BYTE      type, BYTE channel, BYTE event, as 0x0800
BYTE[28]  a report as 0x0200 without items
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, WORD
from ingest.jt808.location import BARE_LOCATION
from ingest.jt808.media import EVENT, TYPE

ID: Final = 0x0802
NAME: Final = "media_query_answer"
_ITEM: Final = c.Struct(
    "media_id" / DWORD, "type" / TYPE, "channel" / BYTE, "event" / EVENT, "location" / BARE_LOCATION
)
LAYOUT: Final = c.Struct("reply_serial" / WORD, "media" / c.PrefixedArray(WORD, _ITEM))
