"""0x9006 answer to 0x9005, lower to upper platform: no body."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x9006
NAME: Final = "down_keep_alive_answer"
LAYOUT: Final = c.Struct()
