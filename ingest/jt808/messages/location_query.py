"""0x8201 query of the position, platform to terminal: no body; answered by 0x0201."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x8201
NAME: Final = "location_query"
LAYOUT: Final = c.Struct()
