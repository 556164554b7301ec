"""What pictures, sounds and videos (0x0800 to 0x0805, 0x8800 to 0x8805) have in common."""

from __future__ import annotations

from typing import Any, Final

from ingest.jt808.fields import BYTE, DWORD, MOMENT, Named

TYPES: Final = {0: "image", 1: "audio", 2: "video"}
FORMATS: Final = {0: "jpeg", 1: "tif", 2: "mp3", 3: "wav", 4: "wmv"}
EVENTS: Final = {
    0: "platform_order",
    1: "timer",
    2: "robbery",
    3: "collision_or_rollover",
    4: "door_opened",
    5: "door_closed",
    6: "door_closed_and_over_20_kmh",
    7: "distance",
}
TYPE: Final = Named(BYTE, TYPES)
EVENT: Final = Named(BYTE, EVENTS)
KEEP: Final = Named(BYTE, {0: "keep", 1: "delete"})
"""Whether a terminal keeps what it has sent."""
SAVE: Final = Named(BYTE, {0: "send", 1: "save"})
"""Whether a terminal sends at once or saves."""


def upload() -> tuple[Any, ...]:
    """Return the fields with which an upload begins."""
    return (
        "media_id" / DWORD,
        "type" / TYPE,
        "format" / Named(BYTE, FORMATS),
        "event" / EVENT,
        "channel" / BYTE,
    )


def wanted() -> tuple[Any, ...]:
    """Return the fields that tell which stored media are wanted; times of zeros only set no bound."""
    return "type" / TYPE, "channel" / BYTE, "event" / EVENT, "from" / MOMENT, "to" / MOMENT
