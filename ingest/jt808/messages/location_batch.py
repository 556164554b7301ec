"""0x0704 positions in a batch, terminal to platform; answered by 0x8001.

WORD  count of reports
BYTE  type: 0 normal, 1 what an area without network had held back
then for each: WORD length, and a report as 0x0200
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Named
from ingest.jt808.location import LOCATION

ID: Final = 0x0704
NAME: Final = "location_batch"
TYPES: Final = {0: "normal", 1: "blind_area"}
LAYOUT: Final = c.Struct(
    "count" / c.Rebuild(WORD, c.len_(c.this.locations)),
    "type" / Named(BYTE, TYPES),
    "locations" / c.Array(c.this.count, c.Prefixed(WORD, LOCATION)),
)
