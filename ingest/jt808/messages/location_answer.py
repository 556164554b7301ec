"""0x0201 answer to a query of the position (0x8201), terminal to platform.

WORD  serial number of the query
...   a report as 0x0200
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import WORD
from ingest.jt808.location import LOCATION

ID: Final = 0x0201
NAME: Final = "location_answer"
LAYOUT: Final = c.Struct("reply_serial" / WORD, "location" / LOCATION)
