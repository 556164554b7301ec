"""0x8700 query of the driving recorder (GB/T 19056), platform to terminal; answered by 0x0700.

BYTE  command
...   data block of the recorder
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST

ID: Final = 0x8700
NAME: Final = "recorder_query"
LAYOUT: Final = c.Struct("command" / BYTE, "data" / REST)
