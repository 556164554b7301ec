"""0x8004 server's time (2019), platform to terminal.

BCD[6]  YYMMDDhhmmss, in UTC, other than all other times
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import UTC_MOMENT

ID: Final = 0x8004
NAME: Final = "time_answer"
LAYOUT: Final = c.Struct("time" / UTC_MOMENT)
