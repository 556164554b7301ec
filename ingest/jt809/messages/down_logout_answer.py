"""0x9004 answer to 0x9003, lower to upper platform: no body."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x9004
NAME: Final = "down_logout_answer"
LAYOUT: Final = c.Struct()
