"""0x120A who drives a vehicle, lower to upper platform, in answer to 0x920A.

WORD, DWORD  id and serial number of what is answered (2019)
STRING[16]   name
STRING[20]   number of the driving licence (2011: of the identity card)
STRING[40]   certificate of qualification
STRING[200]  who issued it
time_t       until when it is valid (2019)
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import EPOCH, text

ID: Final = 0x120A
NAME: Final = "driver_answer"
_DRIVER: Final = (
    "driver_name" / text(16),
    "driver_id" / text(20),
    "certificate" / text(40),
    "issuer" / text(200),
)
LAYOUT: Final = c.Struct(*_DRIVER)
LAYOUTS: Final = {2019: c.Struct(*SOURCE, *_DRIVER, "valid_until" / EPOCH)}
