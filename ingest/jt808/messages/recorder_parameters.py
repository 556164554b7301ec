"""0x8701 parameters for the driving recorder (GB/T 19056), platform to terminal.

BYTE  command
...   data block of the recorder
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST

ID: Final = 0x8701
NAME: Final = "recorder_parameters"
LAYOUT: Final = c.Struct("command" / BYTE, "data" / REST)
