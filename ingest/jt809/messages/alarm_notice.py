"""0x9402 a warning or hint about a vehicle or a road, upper to lower platform; no answer.

2011:
BYTE           source
WORD           kind
time_t         time
DWORD, STRING  length, text

2019: as told in ``alarms``
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.alarms import ALARM_2011, ALARM_2019
from ingest.jt809.fields import LONG_TEXT

ID: Final = 0x9402
NAME: Final = "alarm_notice"
LAYOUT: Final = c.Struct(*ALARM_2011, "text" / LONG_TEXT)
LAYOUTS: Final = {2019: ALARM_2019}
