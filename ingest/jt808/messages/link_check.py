"""0x8204 check of the link (2019), platform to terminal: no body; answered by 0x0001."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x8204
NAME: Final = "link_check"
LAYOUT: Final = c.Struct()
