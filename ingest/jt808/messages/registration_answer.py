"""0x8100 answer to a registration, platform to terminal.

WORD    serial number of the registration
BYTE    result
STRING  code for the authentication, only with result 0
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST_TEXT, WORD, Named, when

ID: Final = 0x8100
NAME: Final = "registration_answer"
RESULTS: Final = {
    0: "ok",
    1: "vehicle_already_registered",
    2: "vehicle_not_known",
    3: "terminal_already_registered",
    4: "terminal_not_known",
}
LAYOUT: Final = c.Struct(
    "reply_serial" / WORD,
    "result" / Named(BYTE, RESULTS),
    "authentication_code" / when(c.this.result == "ok", REST_TEXT),
)
