"""0x0303 driver wants a kind of information from the menu of 0x8303, or no longer, terminal to platform.

BYTE  kind of information
BYTE  0 cancel, 1 request
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, Named

ID: Final = 0x0303
NAME: Final = "info_request"
LAYOUT: Final = c.Struct("info_type" / BYTE, "action" / Named(BYTE, {0: "cancel", 1: "request"}))
