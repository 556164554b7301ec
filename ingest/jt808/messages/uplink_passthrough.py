"""0x0900 data passed through, terminal to platform.

BYTE  type: 0x00 GNSS details, 0x0B transport card, 0x41 and 0x42 serial ports; others as agreed
...   data
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST, Named

ID: Final = 0x0900
NAME: Final = "uplink_passthrough"
TYPES: Final = {0x00: "gnss", 0x0B: "transport_card", 0x41: "serial_1", 0x42: "serial_2"}
LAYOUT: Final = c.Struct("type" / Named(BYTE, TYPES), "data" / REST)
