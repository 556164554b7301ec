"""0x0800 something was photographed or recorded, terminal to platform.

DWORD  id
BYTE   type: 0 image, 1 audio, 2 video
BYTE   format: 0 JPEG, 1 TIF, 2 MP3, 3 WAV, 4 WMV
BYTE   event that led to it (``media``)
BYTE   channel
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.media import upload

ID: Final = 0x0800
NAME: Final = "media_event"
LAYOUT: Final = c.Struct(*upload())
