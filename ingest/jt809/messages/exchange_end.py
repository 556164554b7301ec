"""0x9206 positions of a vehicle will be exchanged no more, upper to lower platform; answered by 0x1206.

BYTE  reason
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x9206
NAME: Final = "exchange_end"
REASONS: Final = {0: "left_area", 1: "by_hand", 2: "emergency_over", 3: "vehicle_offline", 4: "other"}
LAYOUT: Final = c.Struct("reason" / Named(BYTE, REASONS))
REASONS_2019: Final = {0: "left_area", 1: "by_hand", 2: "emergency_over", 3: "vehicle_offline", 255: "other"}
LAYOUTS: Final = {2019: c.Struct("reason" / Named(BYTE, REASONS_2019))}
