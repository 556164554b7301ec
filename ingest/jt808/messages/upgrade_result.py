"""0x0108 result of an upgrade, terminal to platform.

BYTE  what was upgraded (0x8108)
BYTE  result: 0 ok, 1 failure, 2 cancelled
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, Named
from ingest.jt808.messages.upgrade import PARTS

ID: Final = 0x0108
NAME: Final = "upgrade_result"
RESULTS: Final = {0: "ok", 1: "failure", 2: "cancelled"}
LAYOUT: Final = c.Struct("part" / Named(BYTE, PARTS), "result" / Named(BYTE, RESULTS))
