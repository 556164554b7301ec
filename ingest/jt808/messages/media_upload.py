"""0x0801 picture, sound or video, terminal to platform; answered by 0x8800.

DWORD     id
BYTE      type, BYTE format, BYTE event, BYTE channel, as 0x0800
BYTE[28]  a report as 0x0200 without items      not of 2011
...       data
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import REST
from ingest.jt808.location import BARE_LOCATION, TIME_AT
from ingest.jt808.media import upload
from ingest.jt808.moments import is_moment

ID: Final = 0x0801
NAME: Final = "media_upload"
LAYOUT: Final = c.Struct(*upload(), "location" / BARE_LOCATION, "data" / REST)
LAYOUTS: Final = {2011: c.Struct(*upload(), "data" / REST)}
_TIME_AT: Final = 8 + TIME_AT


def tell(body: bytes) -> int:
    """Return the version, 2011 or 2013, of a body without version flag: a report in front of the data has a time."""
    return 2013 if is_moment(body[_TIME_AT : _TIME_AT + 6]) else 2011
