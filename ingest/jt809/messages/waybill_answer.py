"""0x120B electronic waybill of a vehicle, lower to upper platform, in answer to 0x920B.

WORD, DWORD    id and serial number of what is answered (2019)
DWORD, STRING  length, waybill
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import LONG_TEXT

ID: Final = 0x120B
NAME: Final = "waybill_answer"
LAYOUT: Final = c.Struct("waybill" / LONG_TEXT)
LAYOUTS: Final = {2019: c.Struct(*SOURCE, "waybill" / LONG_TEXT)}
