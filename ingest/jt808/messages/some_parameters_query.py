"""0x8106 query of some parameters, platform to terminal; answered by 0x0104.

BYTE     count
DWORD[]  ids
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, PARAMETER_ID

ID: Final = 0x8106
NAME: Final = "some_parameters_query"
LAYOUT: Final = c.Struct("ids" / c.PrefixedArray(BYTE, PARAMETER_ID))
