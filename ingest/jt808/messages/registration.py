"""0x0100 registration, terminal to platform; answered by 0x8100.

                      2011  2013  2019
    WORD    province
    WORD    city
    BYTE[]  maker        5     5    11
    BYTE[]  model        8    20    30
    BYTE[]  terminal id  7     7    30
    BYTE    colour of the plate (JT/T 415, 697.7); 0: no plate, and what follows is the frame number
    STRING  plate

The header does not tell 2011 from 2013: the colour's byte does, which a frame number, in its place by the other layout,
cannot hold.
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, REST_TEXT, WORD, Named, text

ID: Final = 0x0100
NAME: Final = "registration"
COLOURS: Final = {
    0: "none",
    1: "blue",
    2: "yellow",
    3: "black",
    4: "white",
    5: "green",
    9: "other",
    91: "farm_yellow",
    92: "farm_green",
    93: "yellow_green",
    94: "gradient_green",
}
SIZES: Final = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}
"""Bytes of maker, model and terminal id."""

LONGEST_2011: Final = 33
"""Bytes of a body of 2011 with a plate of four letters and digits behind two characters of GBK: a colour nobody knows
leaves the length to tell."""


def _layout(version: int) -> Any:
    maker, model, terminal = SIZES[version]
    return c.Struct(
        "province_id" / WORD,
        "city_id" / WORD,
        "maker_id" / text(maker),
        "terminal_model" / text(model),
        "terminal_id" / text(terminal),
        "plate_colour" / Named(BYTE, COLOURS),
        "plate" / REST_TEXT,
    )


LAYOUTS: Final = {version: _layout(version) for version in SIZES}
LAYOUT: Final = LAYOUTS[2013]


def tell(body: bytes) -> int:
    """Return the version, 2011 or 2013, of a body without version flag."""
    new, old = (4 + sum(SIZES[version]) for version in (2013, 2011))
    if len(body) > new and body[new] in COLOURS:
        return 2013
    if len(body) > old and body[old] in COLOURS and body[old + 1 : old + 2] != b"\0":  # zeros fill a model up
        return 2011
    return 2013 if len(body) > LONGEST_2011 else 2011
