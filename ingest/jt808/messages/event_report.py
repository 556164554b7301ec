"""0x0301 event that the driver chose from the list of 0x8301, terminal to platform.

BYTE  id of the event
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE

ID: Final = 0x0301
NAME: Final = "event_report"
LAYOUT: Final = c.Struct("event_id" / BYTE)
