"""0x0200 report of a position, terminal to platform; answered by 0x8001. The body is told in ``location``."""

from __future__ import annotations

from typing import Final

from ingest.jt808.location import LOCATION

ID: Final = 0x0200
NAME: Final = "location_report"
LAYOUT: Final = LOCATION
