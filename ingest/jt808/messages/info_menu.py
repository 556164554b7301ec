"""0x8303 menu of information that a driver may want, platform to terminal; chosen by 0x0303.

BYTE   action: 0 delete all, 1 replace, 2 add, 3 change
BYTE   count                                    nothing from here with action 0
for each: BYTE kind, WORD length, STRING name
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Left, Named, counted_text

ID: Final = 0x8303
NAME: Final = "info_menu"
ACTIONS: Final = {0: "delete_all", 1: "replace", 2: "add", 3: "change"}
_ENTRY: Final = c.Struct("info_type" / BYTE, "name" / counted_text(WORD))
LAYOUT: Final = c.Struct("action" / Named(BYTE, ACTIONS), "entries" / Left(c.PrefixedArray(BYTE, _ENTRY)))
