"""0x0702 driver's card, terminal to platform.

2013, 2019:
BYTE      status: 1 inserted, on duty; 2 removed, off duty
BCD[6]    time
only with status 1 (some terminals send all of it with 2 as well):
BYTE      result of reading: 0 ok, 1 not authentic, 2 locked, 3 pulled out, 4 bad checksum
only with result 0:
BYTE, STRING  length, name
STRING[20]    certificate
BYTE, STRING  length, issuer
BCD[4]        expiry
STRING[20]    number of the identity card     2019; all from here may be missing
BYTE          match of the face, 0 to 100      2019, of later terminals
STRING[20]    unique id of the driver          2019, of later terminals

2011:
BYTE, STRING  length, name
STRING[20]    number of the identity card
STRING[40]    certificate
BYTE, STRING  length, issuer
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, DAY, MOMENT, Left, Named, counted_text, text, when
from ingest.jt808.moments import is_moment

ID: Final = 0x0702
NAME: Final = "driver_card"
STATES: Final = {1: "inserted", 2: "removed"}
RESULTS: Final = {0: "ok", 1: "not_authentic", 2: "locked", 3: "pulled_out", 4: "bad_checksum"}
_READ: Final = c.this.result == "ok"


def _layout(*more: Any) -> Any:
    return c.Struct(
        "status" / Named(BYTE, STATES),
        "time" / MOMENT,
        "result" / c.IfThenElse(c.this.status == "inserted", Named(BYTE, RESULTS), Left(Named(BYTE, RESULTS))),
        "driver_name" / when(_READ, counted_text(BYTE)),
        "certificate" / when(_READ, text(20)),
        "issuer" / when(_READ, counted_text(BYTE)),
        "expiry" / when(_READ, DAY),
        *more,
    )


LAYOUT: Final = _layout()
LAYOUTS: Final = {
    2011: c.Struct(
        "driver_name" / counted_text(BYTE),
        "identity_card" / text(20),
        "certificate" / text(40),
        "issuer" / counted_text(BYTE),
    ),
    2019: _layout(
        "identity_card" / when(_READ, Left(text(20))),
        "face_match" / when(_READ, Left(BYTE)),
        "driver_uid" / when(_READ, Left(text(20))),
    ),
}


def tell(body: bytes) -> int:
    """Return the version, 2011 or 2013, of a body without version flag: a state and a time, or a name."""
    return 2013 if body[:1] in (b"\x01", b"\x02") and is_moment(body[1:7]) else 2011
