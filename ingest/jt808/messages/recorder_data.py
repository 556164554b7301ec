"""0x0700 data of the driving recorder (GB/T 19056), terminal to platform: answers 0x8700.

WORD  serial number of what is answered
BYTE  command
...   data block of the recorder
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST, WORD

ID: Final = 0x0700
NAME: Final = "recorder_data"
LAYOUT: Final = c.Struct("reply_serial" / WORD, "command" / BYTE, "data" / REST)
