"""0x8608 query of areas or routes (2019), platform to terminal; answered by 0x0608.

BYTE     type: 1 circles, 2 rectangles, 3 polygons, 4 routes
DWORD    count; 0: all
DWORD[]  ids
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, Named

ID: Final = 0x8608
NAME: Final = "area_query"
TYPES: Final = {1: "circles", 2: "rectangles", 3: "polygons", 4: "routes"}
LAYOUT: Final = c.Struct("type" / Named(BYTE, TYPES), "ids" / c.PrefixedArray(DWORD, DWORD))
