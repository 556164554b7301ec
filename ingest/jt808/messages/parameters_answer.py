"""0x0104 parameters of a terminal, terminal to platform: answers 0x8104 and 0x8106.

WORD   serial number of what is answered
BYTE   count
for each: DWORD id, BYTE length, value (``parameters``; others as bytes)
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD
from ingest.jt808.parameters import PARAMETER

ID: Final = 0x0104
NAME: Final = "parameters_answer"
LAYOUT: Final = c.Struct("reply_serial" / WORD, "parameters" / c.PrefixedArray(BYTE, PARAMETER))
