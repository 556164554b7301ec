"""0x1004 answer to a logout, upper to lower platform: no body."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x1004
NAME: Final = "logout_answer"
LAYOUT: Final = c.Struct()
