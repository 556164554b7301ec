"""0x8202 temporary tracking, platform to terminal: positions come faster for a while.

WORD   period s; 0 ends it, and nothing follows
DWORD  for so long, s
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import DWORD, WORD, when

ID: Final = 0x8202
NAME: Final = "location_tracking"
LAYOUT: Final = c.Struct("interval_s" / WORD, "validity_s" / when(c.this.interval_s != 0, DWORD))
