"""0x1003 logout, lower to upper platform; answered by 0x1004.

DWORD      user
STRING[8]  password
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import DWORD, PASSWORD

ID: Final = 0x1003
NAME: Final = "logout"
LAYOUT: Final = c.Struct("user" / DWORD, "password" / PASSWORD)
