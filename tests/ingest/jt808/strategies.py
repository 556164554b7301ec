"""Values that a layout can hold, found by walking what construct made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import construct as c
from hypothesis import strategies as st

from ingest.jt808 import fields, items, parameters
from ingest.jt808.signs import Signed

MOST = 4
"""Elements of a list."""
LETTERS = "aZ09 ~}\n\x01\x7f前方匝道，请减速慢行沪龥〇｛～①"
"""One byte of GBK and two, escapes and the ends of its ranges among them."""
DEGREES = st.integers(-180_000_000, 180_000_000)
UNSIGNED = {">B": 0xFF, ">H": 0xFFFF, ">L": 0xFFFF_FFFF}


def hexed(least: int, most: int) -> st.SearchStrategy[str]:
    """Bytes as digits."""
    return st.binary(min_size=least, max_size=most).map(lambda data: data.hex().upper())


def texts(most: int, *, filled_up: bool) -> st.SearchStrategy[str]:
    """Texts of so many bytes of GBK; such as do not end in what a field is filled up with."""
    found = st.text(LETTERS, max_size=most // 2)
    return found.map(lambda text: text.rstrip(" ")) if filled_up else found


def moments(zone: Any) -> st.SearchStrategy[str]:
    """Times of this century in a zone, or digits that are none."""
    times = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59))
    read = times.map(lambda t: t.replace(microsecond=0, tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return read | st.sampled_from(["000000000000", "FFFFFFFFFFFF", "241301000000"])


def integers(layout: Any) -> st.SearchStrategy[int]:
    """Numbers that a field of bytes or bits holds."""
    if isinstance(layout, c.BitsInteger):
        return st.integers(0, (1 << layout.length) - 1)
    return DEGREES if layout.fmtstr == ">l" else st.integers(0, UNSIGNED[layout.fmtstr])


@st.composite
def structs(draw: st.DrawFn, layout: Any) -> dict[str, Any]:
    """Fields in their order, since conditions look back; once one is not there, none of its kind follows."""
    found: dict[str, Any] = {}
    ended = False
    for field in layout.subcons:
        value = draw(values(field.subcon, c.Container(found), ended))
        ended = ended or (value is None and _may_be_left(field.subcon, found))
        found[field.name] = value
    return found


def _may_be_left(layout: Any, found: dict[str, Any]) -> bool:
    if isinstance(layout, c.IfThenElse):
        layout = layout.thensubcon if layout.condfunc(c.Container(found)) else layout.elsesubcon
    return isinstance(layout, fields.Left)


def items_of(layout: dict[int, Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Items of a report: known ones, unknown ones, and a last one that may break off."""
    known = st.sampled_from(sorted(layout)).flatmap(
        lambda number: structs(layout[number]).map(lambda read: {"id": f"0x{number:02X}", **read})
    )
    others = st.sampled_from([number for number in range(256) if number not in layout])
    unknown = st.builds(lambda number, data: {"id": f"0x{number:02X}", "hex": data}, others, hexed(0, 255))
    cut = st.just([]) | st.just([{"cut_off": "01"}]) | hexed(0, 3).map(lambda data: [{"cut_off": "0104" + data}])
    return st.builds(lambda whole, last: whole + last, st.lists(known | unknown, max_size=MOST), cut)


def parameters_of() -> st.SearchStrategy[dict[str, Any]]:
    """Parameters, known and unknown."""
    known = st.sampled_from(sorted(parameters.PARAMETERS)).flatmap(
        lambda number: values(parameters.PARAMETERS[number][1]).map(
            lambda value: {"id": f"0x{number:04X}", parameters.PARAMETERS[number][0]: value}
        )
    )
    return known | hexed(0, 255).map(lambda data: {"id": "0xF364", "hex": data})


def adapted(layout: Any) -> st.SearchStrategy[Any] | None:
    """Values of the project's own adapters."""
    if isinstance(layout, fields._Text):
        size = layout._size
        return texts(size or 60, filled_up=size is not None).map(lambda text: text.strip("\0"))
    if isinstance(layout, fields._Hex):
        size = layout.subcon.length if isinstance(layout.subcon, c.Bytes) else None
        return hexed(0, 60) if size is None else hexed(size, size)
    if isinstance(layout, fields._Moment):
        return moments(layout._zone)
    if isinstance(layout, fields._Day):
        return st.dates(datetime(1, 1, 1).date()).map(lambda day: day.isoformat()) | st.just("00000000")
    if isinstance(layout, fields._Scaled):
        return integers(layout.subcon).map(lambda count: count / layout._per_unit)
    if isinstance(layout, fields.Bits):
        return integers(layout.subcon).map(layout.names_of)
    if isinstance(layout, fields.Named):
        return integers(layout.subcon).map(lambda number: layout._names.get(number, number)) | st.sampled_from(
            sorted(layout._numbers)
        )
    if isinstance(layout, fields._Id):
        return integers(layout.subcon).map(lambda number: f"0x{number:04X}")
    if isinstance(layout, items.Temperature):
        return st.integers(items.COLDEST_C, 0x7FFF)
    if isinstance(layout, items.Items):
        return items_of(items.ITEMS)
    if isinstance(layout, parameters._Parameter):
        return parameters_of()
    if isinstance(layout, Signed):
        return structs(layout.subcon).map(lambda read: signed(read, layout))
    return None


def signed(read: dict[str, Any], layout: Signed) -> dict[str, Any]:
    """The place on the side that its bits tell."""
    for place in [read, *(read[layout._within] if layout._within else ())]:
        for key in place:
            for ending, side in (("latitude_deg", "south"), ("longitude_deg", "west")):
                if key.endswith(ending):
                    place[key] = (-abs(place[key]) if side in read[layout._bits] else abs(place[key])) or 0.0
    return read


def values(layout: Any, found: Any = None, ended: bool = False) -> st.SearchStrategy[Any]:
    """Values of a layout, where the fields before it are ``found``; raises TypeError for one that is new here."""
    own = adapted(layout)
    if own is not None:
        return own
    match layout:
        case c.Struct():
            return structs(layout)
        case c.FormatField() | c.BitsInteger():
            return integers(layout)
        case c.IfThenElse():
            return values(layout.thensubcon if layout.condfunc(found) else layout.elsesubcon, found, ended)
        case c.Pass.__class__():
            return st.none()
        case fields.Left():
            return st.none() if ended else st.none() | values(layout.subcon)
        case c.Rebuild():
            return st.integers(0, MOST)
        case c.Array():
            count = layout.count(found) if callable(layout.count) else layout.count
            return st.lists(values(layout.subcon), min_size=count, max_size=count)
        case c.FocusedSeq():  # what PrefixedArray is made of
            return st.lists(values(layout.subcons[1].subcon.subcon), max_size=MOST)
        case c.GreedyRange():
            return st.lists(values(layout.subcon), max_size=MOST)
        case c.Renamed() | c.Prefixed() | c.Transformed() | c.Restreamed():
            return values(layout.subcon, found)
    if isinstance(layout, c.Default):
        return values(layout.subcon)
    raise TypeError(f"no values for {layout!r}")
