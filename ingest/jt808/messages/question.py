"""0x8302 question to the driver, platform to terminal; answered by 0x0302.

BYTE    flag: 0 urgent, 3 read aloud, 4 advertising screen
BYTE, STRING  length, question
for each answer up to the end: BYTE id, WORD length, STRING answer
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Bits, counted_text

ID: Final = 0x8302
NAME: Final = "question"
FLAGS: Final = {0: "urgent", 3: "read_aloud", 4: "advertising_screen"}
LAYOUT: Final = c.Struct(
    "flag" / Bits(BYTE, FLAGS),
    "question" / counted_text(BYTE),
    "answers" / c.GreedyRange(c.Struct("id" / BYTE, "answer" / counted_text(WORD))),
)
