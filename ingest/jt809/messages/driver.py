"""0x120C who drives a vehicle, lower to upper platform, unasked; no answer. From the supplement of 2013 on.

                                                          2013  2019
    STRING  name                                           16    16
    STRING  number of the driving licence (2013: of the
            identity card)                                 20    20
    STRING  certificate of qualification                   40    20
    STRING  who issued it                                 200   200
    time_t  until when it is valid                                8

Some platforms give the certificate 40 bytes in 2019 too; the length tells it.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import EPOCH, Either, text

ID: Final = 0x120C
NAME: Final = "driver"
SHORT: Final = 20
"""Bytes of a certificate in 2019."""


def _layout(certificate: int, *more: c.Construct) -> c.Struct:
    return c.Struct(
        "driver_name" / text(16),
        "driver_id" / text(20),
        "certificate" / text(certificate),
        "issuer" / text(200),
        *more,
    )


LAYOUT: Final = _layout(40)
LAYOUTS: Final = {
    2019: Either(
        _layout(SHORT, "valid_until" / EPOCH),
        _layout(40, "valid_until" / EPOCH),
        lambda told: len(told["certificate"].encode("gbk", "replace")) > SHORT,
    )
}
