"""0x9005 the down link is to stay, upper to lower platform: no body; answered by 0x9006."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x9005
NAME: Final = "down_keep_alive"
LAYOUT: Final = c.Struct()
