"""0x8804 order to record sound, platform to terminal.

BYTE  0 stop, 1 start
WORD  for so long, s; 0: on and on
BYTE  0 send, 1 save
BYTE  samples a second: 0 8,000, 1 11,000, 2 23,000, 3 32,000
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Named
from ingest.jt808.media import SAVE

ID: Final = 0x8804
NAME: Final = "recording_order"
RATES: Final = {0: "8_khz", 1: "11_khz", 2: "23_khz", 3: "32_khz"}
LAYOUT: Final = c.Struct(
    "action" / Named(BYTE, {0: "stop", 1: "start"}), "duration_s" / WORD, "save" / SAVE, "rate" / Named(BYTE, RATES)
)
