"""0x8203 alarms that a person has confirmed, platform to terminal.

WORD   serial number of the alarm's report; 0: of all
DWORD  alarm bits: 0, 3, 20, 21, 22, 27, 28 (``names``)
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import WORD
from ingest.jt808.names import ALARM_BITS

ID: Final = 0x8203
NAME: Final = "alarm_confirmation"
LAYOUT: Final = c.Struct("reply_serial" / WORD, "alarm" / ALARM_BITS)
