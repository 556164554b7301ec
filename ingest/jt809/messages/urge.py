"""0x9401 something is to be done about an alarm, upper to lower platform; answered by 0x1401.

2011:
BYTE          source of the alarm
WORD          kind
time_t        time
DWORD         id of the request

2019:
STRING[11]    platform that raised it
time_t        time
WORD, DWORD   id and serial number of the alarm's message

both:
time_t        until when
BYTE          level
STRING[16]    who urges
STRING[20]    his telephone
STRING[32]    his mail address
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.alarms import ALARM_2011
from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import BYTE, DWORD, EPOCH, PLATFORM_ID, Named, text

ID: Final = 0x9401
NAME: Final = "urge"
LEVELS: Final = {0: "urgent", 1: "normal"}
_REQUEST: Final = (
    "until" / EPOCH,
    "level" / Named(BYTE, LEVELS),
    "supervisor" / text(16),
    "telephone" / text(20),
    "mail" / text(32),
)
LAYOUT: Final = c.Struct(*ALARM_2011, "request_id" / DWORD, *_REQUEST)
LAYOUTS: Final = {2019: c.Struct("platform_id" / PLATFORM_ID, "time" / EPOCH, *SOURCE, *_REQUEST)}
