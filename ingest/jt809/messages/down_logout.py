"""0x9003 logout from the down link, upper to lower platform; answered by 0x9004.

DWORD  code of 0x1002
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import DWORD

ID: Final = 0x9003
NAME: Final = "down_logout"
LAYOUT: Final = c.Struct("verify_code" / DWORD)
