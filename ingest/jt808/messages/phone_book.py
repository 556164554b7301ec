"""0x8401 numbers for the driver's telephone, platform to terminal.

BYTE   action: 0 delete all, 1 replace, 2 add, 3 change
BYTE   count                                    nothing from here with action 0
for each:
BYTE          1 may call in, 2 may be called, 3 both
BYTE, STRING  length, number
BYTE, STRING  length, name
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, Left, Named, counted_text

ID: Final = 0x8401
NAME: Final = "phone_book"
ACTIONS: Final = {0: "delete_all", 1: "replace", 2: "add", 3: "change"}
_CONTACT: Final = c.Struct(
    "calls" / Named(BYTE, {1: "in", 2: "out", 3: "both"}),
    "number" / counted_text(BYTE),
    "name" / counted_text(BYTE),
)
LAYOUT: Final = c.Struct("action" / Named(BYTE, ACTIONS), "contacts" / Left(c.PrefixedArray(BYTE, _CONTACT)))
