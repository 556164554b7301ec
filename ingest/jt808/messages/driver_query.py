"""0x8702 query of the driver's identity, platform to terminal: no body; answered by 0x0702."""

from __future__ import annotations

from typing import Final

import construct as c

ID: Final = 0x8702
NAME: Final = "driver_query"
LAYOUT: Final = c.Struct()
