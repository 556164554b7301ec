"""What circles, rectangles, polygons and routes (0x8600 to 0x8606) have in common.

Attributes of an area, WORD: 0 by time, 1 speed limit, 2 entering warns the driver, 3 entering reports, 4 leaving warns
the driver, 5 leaving reports, 6 south, 7 west, 8 doors stay shut, 14 communication off, 15 collects GNSS details.
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, MOMENT, WORD, Bits, Named, counted_text, when
from ingest.jt808.signs import Signed

ATTRIBUTES: Final = Bits(
    WORD,
    {
        0: "by_time",
        1: "speed_limit",
        2: "enter_warns_driver",
        3: "enter_reports",
        4: "leave_warns_driver",
        5: "leave_reports",
        6: "south",
        7: "west",
        8: "doors_shut",
        14: "communication_off",
        15: "collect_gnss",
    },
)
ACTIONS: Final = {0: "replace", 1: "add", 2: "change"}


def has(attribute: str) -> Any:
    """Return the condition that an area has an attribute."""
    return lambda context: attribute in context.attributes


def areas(*area: Any) -> Any:
    """Return the layout of a message that holds several areas of these fields."""
    placed = Signed(c.Struct(*area), "attributes")
    return c.Struct("action" / Named(BYTE, ACTIONS), "areas" / c.PrefixedArray(BYTE, placed))


def times() -> tuple[Any, ...]:
    """Return the fields of the times in which an area counts."""
    return "from" / when(has("by_time"), MOMENT), "to" / when(has("by_time"), MOMENT)


def speed() -> tuple[Any, ...]:
    """Return the fields of a speed limit."""
    limited = has("speed_limit")
    return "limit_kmh" / when(limited, WORD), "over_for_s" / when(limited, BYTE)


def night(version: int) -> tuple[Any, ...]:
    """Return the field of a speed limit at night."""
    return ("night_limit_kmh" / when(has("speed_limit"), WORD),) if version >= 2019 else ()


def name(version: int) -> tuple[Any, ...]:
    """Return the field of an area's name."""
    return ("name" / counted_text(WORD),) if version >= 2019 else ()


def conditions(version: int) -> tuple[Any, ...]:
    """Return the fields of times and limits, in the order of circles and rectangles."""
    return (*times(), *speed(), *night(version))
