"""0x8805 order to upload one of the stored media, platform to terminal; answered by 0x0801.

DWORD  id
BYTE   0 keep, 1 delete
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import DWORD
from ingest.jt808.media import KEEP

ID: Final = 0x8805
NAME: Final = "one_media_order"
LAYOUT: Final = c.Struct("media_id" / DWORD, "afterwards" / KEEP)
