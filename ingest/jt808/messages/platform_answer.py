"""0x8001 general answer, platform to terminal.

WORD  serial number of what is answered
WORD  id of what is answered
BYTE  result: 0 ok, 1 failure, 2 bad message, 3 unsupported, 4 alarm confirmed
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, MESSAGE_ID, WORD, Named

ID: Final = 0x8001
NAME: Final = "platform_answer"
OK, FAILURE, BAD_MESSAGE, UNSUPPORTED = range(4)
"""Results that are the same for a terminal's answer."""
RESULTS: Final = {0: "ok", 1: "failure", 2: "bad_message", 3: "unsupported", 4: "alarm_confirmed"}
LAYOUT: Final = c.Struct("reply_serial" / WORD, "reply_id" / MESSAGE_ID, "result" / Named(BYTE, RESULTS))
