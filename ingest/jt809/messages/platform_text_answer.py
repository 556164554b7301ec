"""0x1302 answer to 0x9302, lower to upper platform.

DWORD        id of the text (2011, 2013)
WORD, DWORD  id and serial number of what is answered (2019)
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import DWORD

ID: Final = 0x1302
NAME: Final = "platform_text_answer"
LAYOUT: Final = c.Struct("text_id" / DWORD)
LAYOUTS: Final = {2019: c.Struct(*SOURCE)}
