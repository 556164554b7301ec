"""0x1006 answer to 0x1005, upper to lower platform: no body."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x1006
NAME: Final = "keep_alive_answer"
LAYOUT: Final = c.Struct()
