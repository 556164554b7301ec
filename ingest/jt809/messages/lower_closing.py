"""0x1008 the lower platform is about to close both links, lower to upper platform; no answer.

BYTE  reason
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x1008
NAME: Final = "lower_closing"
REASONS: Final = {0: "restart", 1: "other"}
LAYOUT: Final = c.Struct("reason" / Named(BYTE, REASONS))
REASONS_2019: Final = {0: "down_link_broken", 1: "other"}
LAYOUTS: Final = {2019: c.Struct("reason" / Named(BYTE, REASONS_2019))}
