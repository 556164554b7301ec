"""0x0005 request of packets that are missing (2019), terminal to platform.

WORD    serial number of the first packet
BYTE    count of packets (2019: WORD)
WORD[]  their numbers, from 1
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import WORD

ID: Final = 0x0005
NAME: Final = "terminal_resend"
LAYOUT: Final = c.Struct("first_serial" / WORD, "packets" / c.PrefixedArray(WORD, WORD))
