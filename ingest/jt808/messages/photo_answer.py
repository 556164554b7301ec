"""0x0805 answer to an order to photograph (0x8801), terminal to platform.

WORD     serial number of what is answered
BYTE     result: 0 ok, 1 failure, 2 the channel cannot
WORD     count, DWORD[] ids of the media       only with result 0
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, WORD, Left, Named

ID: Final = 0x0805
NAME: Final = "photo_answer"
RESULTS: Final = {0: "ok", 1: "failure", 2: "channel_unsupported"}
LAYOUT: Final = c.Struct(
    "reply_serial" / WORD, "result" / Named(BYTE, RESULTS), "media_ids" / Left(c.PrefixedArray(WORD, DWORD))
)
