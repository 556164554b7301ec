"""What stands around the data of the messages 0x1200 to 0x1500 and 0x9200 to 0x9500.

    STRING[21]  plate             ) of a vehicle: not in 0x1300 and 0x9300, in 2019 not in 0x1400, 0x9400 and 0x9201
    BYTE        colour of plate   )
    WORD        sub-id, the id of a message
    DWORD       length of the data
    data

In 2019 the answers 0x1205 and 0x1206 have id and serial number of what they answer before the length, which is 0.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ingest.jt808.errors import BodyError
from ingest.jt808.fields import MESSAGE_ID
from ingest.jt809.fields import DWORD, VEHICLE_BYTES

ENVELOPES: Final = (0x1200, 0x1300, 0x1400, 0x1500, 0x9200, 0x9300, 0x9400, 0x9500)
"""Ids of the messages that are envelopes; that of one for a sub-id is it without its last two digits."""
OF_PLATFORMS: Final = (0x1300, 0x9300)
OF_ALARMS: Final = (0x1400, 0x9400)
REGISTRATION_ANSWER: Final = 0x9201
SOURCE: Final = ("source_id" / MESSAGE_ID, "source_serial" / DWORD)
"""Fields that say what is answered (2019)."""
SOURCE_BYTES: Final = 6
SOURCE_BEFORE_LENGTH: Final = (0x1205, 0x1206)
"""Sub-ids of 2019 whose source stands before the length."""


class Envelope(NamedTuple):
    """A message taken out of its envelope."""

    vehicle: bytes
    """Plate and colour as they were sent, ``VEHICLE_BYTES``; empty where it names no vehicle."""
    sub_id: int
    data: bytes
    rest: bytes
    """Bytes behind the data that its length does not tell of."""
    source: bytes = b""
    """Id and serial number of what is answered, where they stand before the length."""


def envelope_of(sub_id: int) -> int:
    """Return the id of the message in which one with this sub-id stands."""
    return sub_id & 0xFF00


def names_vehicle(number: int, version: int) -> bool:
    """Tell whether the messages of an envelope name a vehicle, but for those that are excepted."""
    return number not in OF_PLATFORMS and not (version >= 2019 and number in OF_ALARMS)


def opened(number: int, body: bytes, version: int) -> Envelope:
    """Return what is in an envelope; raises BodyError where it is not laid out as one."""
    at = VEHICLE_BYTES if names_vehicle(number, version) else 0
    if number == envelope_of(REGISTRATION_ANSWER) and version >= 2019 and _word(body, 0) == REGISTRATION_ANSWER:
        at = 0
    sub_id = _word(body, at)
    start = at + 6 + (SOURCE_BYTES if version >= 2019 and sub_id in SOURCE_BEFORE_LENGTH else 0)
    if len(body) < start:
        raise BodyError("bad_body", f"{len(body)} bytes where an envelope has {start} at least")
    length = int.from_bytes(body[start - 4 : start], "big")
    if start + length > len(body):
        raise BodyError(
            "bad_body", f"0x{sub_id:04X} tells of {length} bytes of data, and there are {len(body) - start}"
        )
    end = start + length
    return Envelope(body[:at], sub_id, body[start:end], body[end:], body[at + 2 : start - 4])


def closed(sub_id: int, vehicle: bytes, data: bytes, source: bytes = b"") -> bytes:
    """Return the body of a message in its envelope; ``vehicle`` is empty where it names none."""
    return vehicle + sub_id.to_bytes(2, "big") + source + len(data).to_bytes(4, "big") + data


def _word(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 2], "big")
