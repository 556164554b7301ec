"""0x1401 what was done about an alarm, lower to upper platform, in answer to 0x9401.

DWORD        id of the request (2011); its serial number (2019)
WORD, DWORD  id and serial number of the alarm's message (2019)
BYTE         result
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import BYTE, DWORD, Named

ID: Final = 0x1401
NAME: Final = "urge_answer"
RESULTS: Final = {0: "in_progress", 1: "done", 2: "nothing_to_do", 3: "later"}
LAYOUT: Final = c.Struct("request_id" / DWORD, "result" / Named(BYTE, RESULTS))
LAYOUTS: Final = {2019: c.Struct("request_serial" / DWORD, *SOURCE, "result" / Named(BYTE, RESULTS))}
