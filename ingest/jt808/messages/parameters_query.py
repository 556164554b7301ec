"""0x8104 query of all parameters, platform to terminal: no body; answered by 0x0104."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x8104
NAME: Final = "parameters_query"
LAYOUT: Final = c.Struct()
