"""0x1205 answer to 0x9205, lower to upper platform: no data.

In 2019 id and serial number of what is answered stand before the length, which is 0 (``envelope``).
"""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x1205
NAME: Final = "exchange_start_answer"
LAYOUT: Final = c.Struct()
