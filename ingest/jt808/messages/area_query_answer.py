"""0x0608 areas or routes of a terminal (2019), terminal to platform: answers 0x8608.

BYTE   type: 1 circles, 2 rectangles, 3 polygons, 4 routes
DWORD  count
...    their data; implementations disagree whether circles and rectangles bring action and count, so bytes
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, REST, Named
from ingest.jt808.messages.area_query import TYPES

ID: Final = 0x0608
NAME: Final = "area_query_answer"
LAYOUT: Final = c.Struct("type" / Named(BYTE, TYPES), "count" / DWORD, "data" / REST)
