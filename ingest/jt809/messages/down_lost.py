"""0x9007 the down link cannot be made or is broken, upper to lower platform on the main link; no answer.

BYTE  reason
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x9007
NAME: Final = "down_lost"
REASONS: Final = {0: "not_reachable", 1: "down_link_broken", 2: "other"}
LAYOUT: Final = c.Struct("reason" / Named(BYTE, REASONS))
REASONS_2019: Final = {0: "not_reachable", 1: "down_link_broken", 255: "other"}
LAYOUTS: Final = {2019: c.Struct("reason" / Named(BYTE, REASONS_2019))}
