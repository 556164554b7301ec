"""0x8103 parameters to be set, platform to terminal.

BYTE   count
for each: DWORD id, BYTE length, value (``PARAMETERS``; others as bytes)
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE
from ingest.jt808.parameters import PARAMETER

ID: Final = 0x8103
NAME: Final = "parameters"
LAYOUT: Final = c.Struct("parameters" / c.PrefixedArray(BYTE, PARAMETER))
