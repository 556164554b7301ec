"""0x0001 general answer, terminal to platform.

WORD  serial number of what is answered
WORD  id of what is answered
BYTE  result: 0 ok, 1 failure, 2 bad message, 3 unsupported
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, MESSAGE_ID, WORD, Named

ID: Final = 0x0001
NAME: Final = "terminal_answer"
RESULTS: Final = {0: "ok", 1: "failure", 2: "bad_message", 3: "unsupported"}
LAYOUT: Final = c.Struct("reply_serial" / WORD, "reply_id" / MESSAGE_ID, "result" / Named(BYTE, RESULTS))
