"""0x1001 login, lower to upper platform on the main link; answered by 0x1002.

DWORD       user
STRING[8]   password
DWORD       access code of the lower platform (2019)
STRING[32]  IP address at which the lower platform awaits the down link
WORD        port
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import DWORD, PASSWORD, WORD, text

ID: Final = 0x1001
NAME: Final = "login"
_WHO: Final = ("user" / DWORD, "password" / PASSWORD)
_WHERE: Final = ("down_address" / text(32), "down_port" / WORD)
LAYOUT: Final = c.Struct(*_WHO, *_WHERE)
LAYOUTS: Final = {2019: c.Struct(*_WHO, "centre_id" / DWORD, *_WHERE)}
