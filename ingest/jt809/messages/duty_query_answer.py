"""0x1301 answer to 0x9301, lower to upper platform.

BYTE           kind of what was asked (2013, 2019)
STRING[16]     who answers (2019)
STRING[20]     his telephone (2019)
STRING[12]     which of its kind (2013; 2019: 20 bytes)
WORD, DWORD    id and serial number of what is answered (2019)
DWORD          id of the question (2011, 2013)
DWORD, STRING  length, answer

The lengths tell 2011 from its supplement of 2013.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.envelope import SOURCE
from ingest.jt809.fields import DWORD, LONG_TEXT, text
from ingest.jt809.platforms import OBJECT, OBJECT_KIND, tell

ID: Final = 0x1301
NAME: Final = "duty_query_answer"
_ANSWER: Final = ("question_id" / DWORD, "answer" / LONG_TEXT)
LAYOUT: Final = c.Struct(*_ANSWER)
LAYOUTS: Final = {
    2013: c.Struct(*OBJECT, *_ANSWER),
    2019: c.Struct(
        "object_kind" / OBJECT_KIND,
        "responder" / text(16),
        "telephone" / text(20),
        "object_id" / text(20),
        *SOURCE,
        "answer" / LONG_TEXT,
    ),
}

__all__ = ["ID", "LAYOUT", "LAYOUTS", "NAME", "tell"]
