"""0x9301 is somebody on duty, upper to lower platform; answered by 0x1301.

BYTE           kind of what is asked (2013, 2019)
STRING[12]     which of its kind (2013; 2019: 20 bytes)
BYTE           within which time the answer is due (2019)
DWORD          id of the question
DWORD, STRING  length, question

The lengths tell 2011 from its supplement of 2013.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, DWORD, LONG_TEXT
from ingest.jt809.platforms import OBJECT, OBJECT_2019, tell

ID: Final = 0x9301
NAME: Final = "duty_query"
_QUESTION: Final = ("question_id" / DWORD, "question" / LONG_TEXT)
LAYOUT: Final = c.Struct(*_QUESTION)
LAYOUTS: Final = {
    2013: c.Struct(*OBJECT, *_QUESTION),
    2019: c.Struct(*OBJECT_2019, "answer_within" / BYTE, *_QUESTION),
}

__all__ = ["ID", "LAYOUT", "LAYOUTS", "NAME", "tell"]
