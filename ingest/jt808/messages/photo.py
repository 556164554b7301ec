"""0x8801 order to photograph or film, platform to terminal; answered by 0x0805.

BYTE  channel
WORD  count of photographs; 0 stop, 0xFFFF film
WORD  interval, or length of the film, s; 0: shortest interval, or on and on
BYTE  0 send, 1 save
BYTE  resolution
BYTE  quality, 1 best to 10 smallest
BYTE  brightness, BYTE contrast, BYTE saturation, BYTE chroma
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Named
from ingest.jt808.media import SAVE

ID: Final = 0x8801
NAME: Final = "photo"
RESOLUTIONS: Final = {
    0x00: "lowest",
    0x01: "320x240",
    0x02: "640x480",
    0x03: "800x600",
    0x04: "1024x768",
    0x05: "176x144",
    0x06: "352x288",
    0x07: "704x288",
    0x08: "704x576",
    0xFF: "highest",
}
LAYOUT: Final = c.Struct(
    "channel" / BYTE,
    "photographs" / Named(WORD, {0: "stop", 0xFFFF: "film"}),
    "interval_s" / WORD,
    "save" / SAVE,
    "resolution" / Named(BYTE, RESOLUTIONS),
    "quality" / BYTE,
    "brightness" / BYTE,
    "contrast" / BYTE,
    "saturation" / BYTE,
    "chroma" / BYTE,
)
