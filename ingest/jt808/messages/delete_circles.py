"""0x8601 removal of circles from a terminal, platform to terminal.

BYTE     count; 0: all
DWORD[]  ids
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD

ID: Final = 0x8601
NAME: Final = "delete_circles"
LAYOUT: Final = c.Struct("ids" / c.PrefixedArray(BYTE, DWORD))
