"""0x0705 data of a CAN bus, terminal to platform.

WORD    count
BCD[5]  time of the first, hhmmss and milliseconds (which some terminals write as a number)
for each:
DWORD   bit 31 channel, 30 extended frame, 29 mean over the interval, 0-28 id
BYTE[8] data
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import WORD, Named, raw

ID: Final = 0x0705
NAME: Final = "can_data"
LAYOUT: Final = c.Struct(
    "count" / c.Rebuild(WORD, c.len_(c.this.frames)),
    "first_time" / raw(5),
    "frames"
    / c.Array(
        c.this.count,
        c.Struct(
            "bus"
            / c.BitStruct(
                "channel" / Named(c.Bit, {0: "can_1", 1: "can_2"}),
                "frame" / Named(c.Bit, {0: "standard", 1: "extended"}),
                "data" / Named(c.Bit, {0: "raw", 1: "mean"}),
                "id" / c.BitsInteger(29),
            ),
            "data" / raw(8),
        ),
    ),
)
