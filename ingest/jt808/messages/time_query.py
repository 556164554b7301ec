"""0x0004 query of the server's time (2019), terminal to platform: no body; answered by 0x8004."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x0004
NAME: Final = "time_query"
LAYOUT: Final = c.Struct()
