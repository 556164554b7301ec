"""0x8900 data passed through, platform to terminal.

BYTE  type: 0x00 GNSS details, 0x0B transport card, 0x41 and 0x42 serial ports; others as agreed
...   data
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST, Named
from ingest.jt808.messages.uplink_passthrough import TYPES

ID: Final = 0x8900
NAME: Final = "downlink_passthrough"
LAYOUT: Final = c.Struct("type" / Named(BYTE, TYPES), "data" / REST)
