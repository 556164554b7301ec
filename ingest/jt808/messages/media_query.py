"""0x8802 query of stored media, platform to terminal; answered by 0x0802.

BYTE    type, BYTE channel (0: all), BYTE event, as 0x0800
BCD[6]  from, BCD[6] to; zeros: no bound
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.media import wanted

ID: Final = 0x8802
NAME: Final = "media_query"
LAYOUT: Final = c.Struct(*wanted())
