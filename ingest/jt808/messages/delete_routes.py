"""0x8607 removal of routes from a terminal, platform to terminal.

BYTE     count; 0: all
DWORD[]  ids
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD

ID: Final = 0x8607
NAME: Final = "delete_routes"
LAYOUT: Final = c.Struct("ids" / c.PrefixedArray(BYTE, DWORD))
