"""0x0302 driver's answer to a question (0x8302), terminal to platform.

WORD  serial number of the question
BYTE  id of the answer
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD

ID: Final = 0x0302
NAME: Final = "question_answer"
LAYOUT: Final = c.Struct("reply_serial" / WORD, "answer_id" / BYTE)
