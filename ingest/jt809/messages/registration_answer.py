"""0x9201 answer to 0x1201, upper to lower platform; only 2019. Its envelope names no vehicle.

WORD   id of what is answered
DWORD  its serial number
BYTE   result
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import BYTE, Named

ID: Final = 0x9201
NAME: Final = "registration_answer"
RESULTS: Final = {0: "registered", 1: "checked_and_registered", 2: "wrong_information", 3: "not_approved"}
LAYOUT: Final = c.Struct(*SOURCE, "result" / Named(BYTE, RESULTS))
