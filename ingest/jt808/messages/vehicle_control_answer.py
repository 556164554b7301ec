"""0x0500 answer to a control of the vehicle (0x8500), terminal to platform.

WORD  serial number of what is answered
...   a report as 0x0200, whose status tells the result
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import WORD
from ingest.jt808.location import LOCATION

ID: Final = 0x0500
NAME: Final = "vehicle_control_answer"
LAYOUT: Final = c.Struct("reply_serial" / WORD, "location" / LOCATION)
