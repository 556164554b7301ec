"""0x1002 answer to a login, upper to lower platform.

BYTE   result
DWORD  code with which the upper platform will prove itself on the down link (0x9001)
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, DWORD, Named

ID: Final = 0x1002
NAME: Final = "login_answer"
RESULTS: Final = {
    0: "ok",
    1: "wrong_address",
    2: "wrong_centre",
    3: "unknown_user",
    4: "wrong_password",
    5: "busy",
    6: "other",
}
RESULTS_2019: Final = {**{code: name for code, name in RESULTS.items() if name != "other"}, 255: "other"}
LAYOUT: Final = c.Struct("result" / Named(BYTE, RESULTS), "verify_code" / DWORD)
LAYOUTS: Final = {2019: c.Struct("result" / Named(BYTE, RESULTS_2019), "verify_code" / DWORD)}
