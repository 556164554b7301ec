"""0x8400 order to call a number, platform to terminal.

BYTE    0 to talk, 1 to be listened to
STRING  number, 20 bytes at most
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST_TEXT, Named

ID: Final = 0x8400
NAME: Final = "call_back"
LAYOUT: Final = c.Struct("call" / Named(BYTE, {0: "talk", 1: "listen"}), "number" / REST_TEXT)
