"""The segments of a file: loaded, checked, and as columns (docs/architecture.md, "The segment file")."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from geofence.assemble import lines_of
from geofence.document import Properties
from geofence.examine import Parsed, parse, unknown_keys
from geofence.faults import Fault, SegmentFileError
from geofence.lines import Lines
from geofence.relations import Relations, relations_of
from geofence.shapes import Shapes, shapes_of
from geofence.validity import hours_min, segment_faults

HALF_WIDTH_M: Final = 15.0
"""Half width of a segment where the file does not give one, metres."""
ALL_CLASSES: Final = 2**64 - 1
"""``class_mask`` of a segment that concerns all vehicle classes."""
PROPOSED: Final = "proposed"
"""``status`` of a file, or of a segment, that is for review and not in force."""


class Segment(msgspec.Struct, frozen=True, gc=False):
    """What a file says about one segment. There are few, so they may be objects."""

    id: str
    kind: str
    """Such as ``ramp``, ``unsignalled_crossing``, ``village_road``; any word."""
    name: str
    """A name that a person would recognise."""
    subtype: str | None
    """A finer kind, such as ``exit`` or ``level_crossing``."""
    limit_kmh: float | None
    """Speed limit, 1 to 200 km/h; None where there is none."""
    limit_source: str | None
    """Where the limit comes from, such as ``osm:maxspeed``."""
    two_way: bool
    """Whether the segment is one in both directions."""
    half_width_m: float
    """Within what distance of its line one is on it, metres; the radius of a Point."""
    radius_m: float | None
    """Radius of a Point, metres; None for a LineString."""
    hours: str | None
    """``HH:MM-HH:MM`` in local time; None for always."""
    vehicle_classes: tuple[str, ...] | None
    """Classes that it concerns; None for all."""
    advice: str | None
    """A sentence of its own; None for the usual one."""
    source: str | None
    osm_ways: tuple[int, ...]
    """OpenStreetMap ways in driving order; empty where drawn by hand."""
    place: str | None
    """Id of the place whose segments share a cooldown; None for a place of its own."""
    proposed: bool
    """Whether it is for review and not in force: it or its file has the status ``proposed``."""
    length_m: float
    """Length, metres; 0 for a Point."""
    entry_lon: float
    entry_lat: float
    """The entry: the first vertex, WGS-84 degrees."""


@dataclass(frozen=True)
class SegmentSet:
    """All segments of a file, as objects and as columns of one value per segment, with the lines around them."""

    segments: tuple[Segment, ...]
    lines: Lines
    version: str
    """blake2b of the file's bytes, 32 hexadecimal digits: the same file, the same version."""
    attribution: str
    """Licence notice of the source, to be shown wherever the file is drawn; empty where there is none."""
    country: str | None
    """ISO 3166 code of the country, two letters."""
    left_driving: bool
    kinds: tuple[str, ...]
    """The kinds that occur, sorted; ``kind_code`` points into them."""
    vehicle_classes: tuple[str, ...]
    """The vehicle classes that are named anywhere, sorted; the bits of ``class_mask``."""
    kind_code: NDArray[np.int8]
    limit_kmh: NDArray[np.float64]
    """Limit, km/h; NaN where there is none."""
    length_m: NDArray[np.float64]
    """Length, metres; 0 for a Point."""
    half_width_m: NDArray[np.float64]
    """Half width, or radius of a Point, metres."""
    place: NDArray[np.int32]
    """Number of the place; segments of one place have the same."""
    hours_from_min: NDArray[np.int16]
    hours_to_min: NDArray[np.int16]
    """Minutes of the local day from which and until which it is one, 0 to 1440 (from may be later than to: over
    midnight); -1 for always."""
    class_mask: NDArray[np.uint64]
    """Bit i set where it concerns ``vehicle_classes[i]``; all bits set where it concerns all."""

    def __len__(self) -> int:
        return len(self.segments)

    @property
    def proposed(self) -> int:
        """How many segments are proposals for review; whoever puts the file to use must say so, or refuse it."""
        return sum(segment.proposed for segment in self.segments)


def load(path: str | Path) -> SegmentSet:
    """Load and check a segment file. Raises SegmentFileError, which carries every fault, where there is any."""
    return loaded(_content(path), str(path))


def loaded(content: bytes, name: str) -> SegmentSet:
    """Return the segments of a file's bytes; ``name`` stands for it in SegmentFileError, raised as by ``load``."""
    with _collector_at_rest():
        parsed = parse(content)
        shapes, relations, faults = _examined(parsed)
        if faults:
            raise SegmentFileError(name, faults)
        return _assembled(parsed, shapes, relations)


def check(path: str | Path) -> list[Fault]:
    """Return every fault and warning of a segment file, in the order of the file; empty where it is clean.

    A file that cannot be opened has the one fault ``not_readable``.
    """
    try:
        parsed = parse(_content(path))
    except SegmentFileError as error:
        return error.faults
    return _in_order(_proposals(parsed) + _examined(parsed)[2] + unknown_keys(parsed.content))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking, again and again, over objects that all stay (a third of the time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _content(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SegmentFileError(str(path), [Fault("not_readable", 0, None, "", str(error))]) from error


def _examined(parsed: Parsed) -> tuple[Shapes, Relations, list[Fault]]:
    shapes, shape_faults = shapes_of(parsed.properties, parsed.numbers, parsed.vertices)
    relations, faults = relations_of(parsed.properties, parsed.numbers, shapes, parsed.others)
    faults += segment_faults(parsed.properties, parsed.numbers, shapes, relations)
    return shapes, relations, _in_order(parsed.faults + shape_faults + faults)


def _proposals(parsed: Parsed) -> list[Fault]:
    """Return a warning where segments of the file are proposals."""
    segments = [p for p in parsed.properties if p.role in (None, "segment")]
    whole = parsed.document is not None and parsed.document.status == PROPOSED
    n = len(segments) if whole else sum(p.status == PROPOSED for p in segments)
    return [Fault("proposed", 0, None, "status", f"{n} of {len(segments)} segments are proposals")] if n else []


def _in_order(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.feature)


def _assembled(parsed: Parsed, shapes: Shapes, relations: Relations) -> SegmentSet:
    """Return the segments and lines of a file without faults."""
    document = parsed.document
    assert document is not None  # noqa: S101  # a file without faults was decoded as a whole
    feature = np.flatnonzero(relations.segment >= 0)
    first = shapes.start[feature]
    rows = zip(
        feature.tolist(),
        shapes.length_m[feature].tolist(),
        shapes.lon[first].tolist(),
        shapes.lat[first].tolist(),
        strict=True,
    )
    all_proposed = document.status == PROPOSED
    segments = tuple(_segment(parsed.properties[row], all_proposed, *place) for row, *place in rows)
    kinds = tuple(sorted({s.kind for s in segments}))
    code = {kind: at for at, kind in enumerate(kinds)}
    classes = tuple(sorted({name for s in segments for name in s.vehicle_classes or ()}))
    bit = {name: 1 << at for at, name in enumerate(classes)}
    places: dict[object, int] = {}
    hours = [(hours_min(s.hours) if s.hours is not None else None) or (-1, -1) for s in segments]
    n = len(segments)
    return SegmentSet(
        segments=segments,
        lines=lines_of(parsed.properties, shapes, relations),
        version=hashlib.blake2b(parsed.content, digest_size=16).hexdigest(),
        attribution=document.attribution or "",
        country=document.country,
        left_driving=bool(document.left_driving),
        kinds=kinds,
        vehicle_classes=classes,
        kind_code=np.fromiter((code[s.kind] for s in segments), np.int8, n),
        limit_kmh=np.fromiter((np.nan if s.limit_kmh is None else s.limit_kmh for s in segments), np.float64, n),
        length_m=shapes.length_m[feature],
        half_width_m=np.fromiter((s.half_width_m for s in segments), np.float64, n),
        place=np.fromiter(
            (places.setdefault(at if s.place is None else s.place, len(places)) for at, s in enumerate(segments)),
            np.int32,
            n,
        ),
        hours_from_min=np.fromiter((begin for begin, _ in hours), np.int16, n),
        hours_to_min=np.fromiter((end for _, end in hours), np.int16, n),
        class_mask=np.fromiter(
            (
                ALL_CLASSES if s.vehicle_classes is None else sum(bit[name] for name in set(s.vehicle_classes))
                for s in segments
            ),
            np.uint64,
            n,
        ),
    )


def _segment(properties: Properties, all_proposed: bool, length_m: float, lon: float, lat: float) -> Segment:
    p = properties
    return Segment(
        id=p.id or "",
        kind=p.kind or "",
        name=p.name or "",
        subtype=p.subtype,
        limit_kmh=p.limit_kmh,
        limit_source=p.limit_source,
        two_way=bool(p.two_way),
        half_width_m=p.half_width_m or p.radius_m or HALF_WIDTH_M,
        radius_m=p.radius_m,
        hours=p.hours,
        vehicle_classes=p.vehicle_classes,
        advice=p.advice,
        source=p.source,
        osm_ways=p.osm_ways or (),
        place=p.place,
        proposed=all_proposed or p.status == PROPOSED,
        length_m=length_m,
        entry_lon=lon,
        entry_lat=lat,
    )
