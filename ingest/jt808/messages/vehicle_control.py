"""0x8500 control of the vehicle, platform to terminal; answered by 0x0500.

2011, 2013: BYTE  flag: 0 doors locked
2019:       WORD  count
            for each: WORD what (1 doors), BYTE parameter; implementations disagree which of 0 and 1 locks
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Bits, Named

ID: Final = 0x8500
NAME: Final = "vehicle_control"
LAYOUT: Final = c.Struct("flag" / Bits(BYTE, {0: "doors_locked"}))
_CONTROL: Final = c.Struct("control" / Named(WORD, {1: "doors"}), "parameter" / BYTE)
LAYOUTS: Final = {2019: c.Struct("controls" / c.PrefixedArray(WORD, _CONTROL))}
