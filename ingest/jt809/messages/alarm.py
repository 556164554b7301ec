"""0x1402 an alarm, lower to upper platform; no answer.

2011:
BYTE           source
WORD           kind
time_t         time
DWORD          id
DWORD, STRING  length, text of 1,024 bytes at most

2019: as told in ``alarms``
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.alarms import ALARM_2011, ALARM_2019
from ingest.jt809.fields import DWORD, LONG_TEXT

ID: Final = 0x1402
NAME: Final = "alarm"
LAYOUT: Final = c.Struct(*ALARM_2011, "alarm_id" / DWORD, "text" / LONG_TEXT)
LAYOUTS: Final = {2019: ALARM_2019}
