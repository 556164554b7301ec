"""0x9302 a text between platforms, upper to lower platform; answered by 0x1302.

BYTE           kind of whom it is for (2013, 2019)
STRING[12]     which of its kind (2013; 2019: 20 bytes)
DWORD          id of the text
DWORD, STRING  length, text

The lengths tell 2011 from its supplement of 2013.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import DWORD, LONG_TEXT
from ingest.jt809.platforms import OBJECT, OBJECT_2019, tell

ID: Final = 0x9302
NAME: Final = "platform_text"
_TEXT: Final = ("text_id" / DWORD, "text" / LONG_TEXT)
LAYOUT: Final = c.Struct(*_TEXT)
LAYOUTS: Final = {2013: c.Struct(*OBJECT, *_TEXT), 2019: c.Struct(*OBJECT_2019, *_TEXT)}

__all__ = ["ID", "LAYOUT", "LAYOUTS", "NAME", "tell"]
