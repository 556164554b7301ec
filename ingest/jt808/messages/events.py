"""0x8301 events that a driver may choose from, platform to terminal; chosen by 0x0301.

BYTE   action: 0 delete all, 1 replace, 2 add, 3 change, 4 delete these
BYTE   count                                    nothing from here with action 0
for each: BYTE id, BYTE length, STRING content
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, Left, Named, counted_text

ID: Final = 0x8301
NAME: Final = "events"
ACTIONS: Final = {0: "delete_all", 1: "replace", 2: "add", 3: "change", 4: "delete"}
_EVENT: Final = c.Struct("id" / BYTE, "content" / counted_text(BYTE))
LAYOUT: Final = c.Struct("action" / Named(BYTE, ACTIONS), "events" / Left(c.PrefixedArray(BYTE, _EVENT)))
