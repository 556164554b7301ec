"""0x8800 answer to media (0x0801), platform to terminal.

DWORD   id
BYTE    count of packets that are missing       nothing from here where none is
WORD[]  their numbers, from 1
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, WORD, Left

ID: Final = 0x8800
NAME: Final = "media_upload_answer"
LAYOUT: Final = c.Struct("media_id" / DWORD, "packets" / Left(c.PrefixedArray(BYTE, WORD)))
