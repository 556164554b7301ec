"""0x0102 authentication, terminal to platform; answered by 0x8001.

2011, 2013: STRING    code
2019:       BYTE      length of the code
            STRING    code
            BYTE[15]  IMEI
            BYTE[20]  version of the software
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST_TEXT, counted_text, text

ID: Final = 0x0102
NAME: Final = "authentication"
LAYOUT: Final = c.Struct("authentication_code" / REST_TEXT)
LAYOUTS: Final = {
    2019: c.Struct("authentication_code" / counted_text(BYTE), "imei" / text(15), "software_version" / text(20))
}
