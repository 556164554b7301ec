"""0x0005 request of packets that are missing, terminal to platform; of 2019, though terminals of 2013 send it too.

WORD    serial number of the first packet
BYTE    count of packets (2019: WORD)
WORD[]  their numbers, from 1
"""

from __future__ import annotations

from typing import Final

from ingest.jt808.messages import platform_resend

ID: Final = 0x0005
NAME: Final = "terminal_resend"
LAYOUT: Final = platform_resend.LAYOUT
LAYOUTS: Final = platform_resend.LAYOUTS
