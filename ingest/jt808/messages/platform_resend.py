"""0x8003 request of packets that are missing, platform to terminal.

WORD    serial number of the first packet
BYTE    count of packets (2019: WORD)
WORD[]  their numbers, from 1
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, WORD

ID: Final = 0x8003
NAME: Final = "platform_resend"


def _layout(count: Any) -> Any:
    return c.Struct("first_serial" / WORD, "packets" / c.PrefixedArray(count, WORD))


LAYOUT: Final = _layout(BYTE)
LAYOUTS: Final = {2019: _layout(WORD)}
