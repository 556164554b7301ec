"""0x0701 electronic waybill, terminal to platform.

DWORD  length
...    content, as terminal and platform agreed
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import DWORD, counted_raw

ID: Final = 0x0701
NAME: Final = "waybill"
LAYOUT: Final = c.Struct("data" / counted_raw(DWORD))
