"""0x0003 logout, terminal to platform: no body."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x0003
NAME: Final = "logout"
LAYOUT: Final = c.Struct()
