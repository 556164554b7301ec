"""Whom a message between platforms is for, and how the supplement of 2013 is told from 2011."""

from __future__ import annotations

from typing import Final

from ingest.jt809.fields import BYTE, Named, text

OBJECT_KINDS: Final = {
    0: "one_platform",
    1: "connected_platform",
    2: "one_operator",
    3: "all_operators",
    4: "all_platforms",
    5: "all_platforms_and_operators",
    6: "all_government_platforms",
    7: "all_company_platforms",
    8: "all_commercial_company_platforms",
    9: "all_other_company_platforms",
}
OBJECT_KIND: Final = Named(BYTE, OBJECT_KINDS)
OBJECT: Final = ("object_kind" / OBJECT_KIND, "object_id" / text(12))
"""Of 2013."""
OBJECT_2019: Final = ("object_kind" / OBJECT_KIND, "object_id" / text(20))
OBJECT_BYTES: Final = 13


def tell(data: bytes) -> int:
    """Return the version, 2011 or 2013, of data that end in DWORD id, DWORD length, text: 2013 has the object first."""
    if len(data) >= 8 and int.from_bytes(data[4:8], "big") == len(data) - 8:
        return 2011
    return 2013 if len(data) >= OBJECT_BYTES + 8 else 2011
