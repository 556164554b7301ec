"""0x8605 removal of polygons from a terminal, platform to terminal.

BYTE     count; 0: all
DWORD[]  ids
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD

ID: Final = 0x8605
NAME: Final = "delete_polygons"
LAYOUT: Final = c.Struct("ids" / c.PrefixedArray(BYTE, DWORD))
