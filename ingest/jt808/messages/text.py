"""0x8300 text, platform to terminal.

    BYTE    flag
    BYTE    type: 1 notice, 2 service (2019)
    STRING  text, 1,024 bytes at most

Flag, 2011 and 2013: bit 0 urgent, 2 display, 3 read aloud, 4 advertising screen, 5 fault code of the CAN (else a
centre's navigation). 2019: bits 0 and 1 are one field, 1 service, 2 urgent, 3 notice; so an urgent text is 0x0D there
and 0x0E here.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST_TEXT, Bits, Named

ID: Final = 0x8300
NAME: Final = "text"
FLAGS: Final = {0: "urgent", 2: "display", 3: "read_aloud", 4: "advertising_screen", 5: "can_fault_code"}
FLAGS_2019: Final = {2: "display", 3: "read_aloud", 5: "can_fault_code"}
CLASSES_2019: Final = {1: "service", 2: "urgent", 3: "notice"}
TYPES: Final = {1: "notice", 2: "service"}
LAYOUT: Final = c.Struct("flag" / Bits(BYTE, FLAGS), "text" / REST_TEXT)
LAYOUTS: Final = {
    2019: c.Struct(
        "flag" / Bits(BYTE, FLAGS_2019, {(0, 2): CLASSES_2019}), "type" / Named(BYTE, TYPES), "text" / REST_TEXT
    )
}
