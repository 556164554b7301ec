"""0x9002 answer to 0x9001, lower to upper platform.

BYTE  result
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, Named

ID: Final = 0x9002
NAME: Final = "down_login_answer"
RESULTS: Final = {0: "ok", 1: "wrong_verify_code", 2: "busy", 3: "other"}
RESULTS_2019: Final = {0: "ok", 1: "wrong_verify_code", 2: "busy", 255: "other"}
LAYOUT: Final = c.Struct("result" / Named(BYTE, RESULTS))
LAYOUTS: Final = {2019: c.Struct("result" / Named(BYTE, RESULTS_2019))}
