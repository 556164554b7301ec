"""0x8107 query of a terminal's attributes, platform to terminal: no body; answered by 0x0107."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x8107
NAME: Final = "attributes_query"
LAYOUT: Final = c.Struct()
