"""0x9001 login on the down link, upper to lower platform; answered by 0x9002.

DWORD  code of 0x1002
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import DWORD

ID: Final = 0x9001
NAME: Final = "down_login"
LAYOUT: Final = c.Struct("verify_code" / DWORD)
