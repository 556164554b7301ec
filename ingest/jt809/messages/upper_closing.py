"""0x9008 the upper platform is about to close both links, upper to lower platform; no answer.

BYTE  reason
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x9008
NAME: Final = "upper_closing"
REASONS: Final = {0: "restart", 1: "other"}
LAYOUT: Final = c.Struct("reason" / Named(BYTE, REASONS))
REASONS_2019: Final = {0: "restart", 255: "other"}
LAYOUTS: Final = {2019: c.Struct("reason" / Named(BYTE, REASONS_2019))}
