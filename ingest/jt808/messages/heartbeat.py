"""0x0002 heartbeat, terminal to platform: no body; answered by 0x8001."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x0002
NAME: Final = "heartbeat"
LAYOUT: Final = c.Struct()
