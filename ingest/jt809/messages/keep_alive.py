"""0x1005 the main link is to stay, lower to upper platform: no body; answered by 0x1006."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x1005
NAME: Final = "keep_alive"
LAYOUT: Final = c.Struct()
