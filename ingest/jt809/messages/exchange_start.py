"""0x9205 positions of a vehicle will be exchanged from now on, upper to lower platform; answered by 0x1205.

BYTE  reason
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x9205
NAME: Final = "exchange_start"
REASONS: Final = {0: "entered_area", 1: "by_hand", 2: "emergency", 3: "other"}
LAYOUT: Final = c.Struct("reason" / Named(BYTE, REASONS))
REASONS_2019: Final = {0: "entered_area", 1: "by_hand", 2: "emergency", 255: "other"}
LAYOUTS: Final = {2019: c.Struct("reason" / Named(BYTE, REASONS_2019))}
