"""0x1007 the main link is broken, lower to upper platform on the down link; no answer.

BYTE  reason
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x1007
NAME: Final = "main_lost"
REASONS: Final = {0: "main_link_broken", 1: "other"}
LAYOUT: Final = c.Struct("reason" / Named(BYTE, REASONS))
