"""0x8803 order to upload stored media, platform to terminal; answered by 0x0801.

BYTE    type, BYTE channel (0: all), BYTE event, as 0x0800
BCD[6]  from, BCD[6] to; zeros: no bound
BYTE    0 keep, 1 delete
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.media import KEEP, wanted

ID: Final = 0x8803
NAME: Final = "stored_media_order"
LAYOUT: Final = c.Struct(*wanted(), "afterwards" / KEEP)
