"""0x0901 data compressed by gzip, terminal to platform.

DWORD  length
...    gzip
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import DWORD, counted_raw

ID: Final = 0x0901
NAME: Final = "compressed_data"
LAYOUT: Final = c.Struct("data" / counted_raw(DWORD))
