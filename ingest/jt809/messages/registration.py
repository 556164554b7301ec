"""0x1201 registration of a vehicle, lower to upper platform; in 2019 answered by 0x9201.

                             2011  2013  2019
    STRING  platform          11    11    11
    STRING  maker             11    11    11
    STRING  terminal model     8    20    30
    STRING  IMEI                          15
    STRING  terminal id        7     7    30
    STRING  phone             12    12    13

The length tells 2011 from its supplement of 2013.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import PLATFORM_ID, code, text

ID: Final = 0x1201
NAME: Final = "registration"


def _layout(model: int, imei: int, terminal: int, phone: int) -> c.Struct:
    return c.Struct(
        "platform_id" / PLATFORM_ID,
        "maker_id" / PLATFORM_ID,
        "terminal_model" / text(model),
        *(["imei" / text(imei)] if imei else []),
        "terminal_id" / code(terminal),
        "phone" / text(phone),
    )


LAYOUT: Final = _layout(8, 0, 7, 12)
LAYOUTS: Final = {2013: _layout(20, 0, 7, 12), 2019: _layout(30, 15, 30, 13)}


def tell(data: bytes) -> int:
    """Return the version, 2011 or 2013, of what is not of 2019."""
    return 2013 if len(data) >= LAYOUTS[2013].sizeof() else 2011
