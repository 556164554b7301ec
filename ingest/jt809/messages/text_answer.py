"""0x1503 whether a text has reached its vehicle, lower to upper platform, in answer to 0x9503.

DWORD        sequence number of the text (2011)
WORD, DWORD  id and serial number of what is answered (2019)
BYTE         result: 0 ok, 1 failure
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import BYTE, DWORD, Named

ID: Final = 0x1503
NAME: Final = "text_answer"
RESULTS: Final = {0: "ok", 1: "failure"}
_RESULT: Final = "result" / Named(BYTE, RESULTS)
LAYOUT: Final = c.Struct("sequence" / DWORD, _RESULT)
LAYOUTS: Final = {2019: c.Struct(*SOURCE, _RESULT)}
