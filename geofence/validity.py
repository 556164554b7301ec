"""What a segment must say and what its values may be, beyond their types."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.document import Properties
from geofence.faults import Fault, shown
from geofence.relations import Relations
from geofence.shapes import Shapes

MOST_KINDS: Final = 127
"""Most different kinds in a file: their codes are 8-bit."""
MOST_CLASSES: Final = 64
"""Most different vehicle classes in a file: a bit each."""
_HOURS: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def hours_min(hours: str) -> tuple[int, int] | None:
    """Return from and until in minutes of the day, 0 to 1440, of ``HH:MM-HH:MM``; None where it is not that."""
    found = _HOURS.fullmatch(hours)
    if found is None:
        return None
    h, m, h_to, m_to = map(int, found.groups())
    begin, end = 60 * h + m, 60 * h_to + m_to
    return (begin, end) if begin != end and max(begin, end) <= 1440 else None


def segment_faults(
    properties: list[Properties], numbers: NDArray[np.int64], shapes: Shapes, relations: Relations
) -> list[Fault]:
    """Return what is missing or not allowed in the features of role segment, and Points among the others."""
    faults: list[Fault] = []
    kinds: set[str] = set()
    classes: set[str] = set()
    for row in np.flatnonzero(shapes.is_point & (relations.role != 0)).tolist():
        name = properties[row].id
        faults.append(Fault("unknown_geometry", int(numbers[row]), name, "geometry.type", "Point for a line"))
    for row in np.flatnonzero(relations.role == 0).tolist():
        p = properties[row]

        def fault(reason: str, key: str, detail: str, row: int = row) -> None:
            faults.append(Fault(reason, int(numbers[row]), properties[row].id, key, detail))

        if p.kind is None:
            fault("missing_key", "kind", "none")
        elif p.kind not in kinds:
            kinds.add(p.kind)
            if len(kinds) == MOST_KINDS + 1:
                fault("too_many", "kind", f"more than {MOST_KINDS} kinds")
        if p.name is None:
            fault("missing_key", "name", "none")
        if p.hours is not None and hours_min(p.hours) is None:
            fault("bad_hours", "hours", shown(p.hours))
        if p.vehicle_classes is not None:
            if not p.vehicle_classes:
                fault("empty_list", "vehicle_classes", "[]")
            before = len(classes)
            classes.update(p.vehicle_classes)
            if before <= MOST_CLASSES < len(classes):
                fault("too_many", "vehicle_classes", f"more than {MOST_CLASSES} classes")
        if p.radius_m is None and shapes.is_point[row]:
            fault("missing_radius", "radius_m", "none")
    return faults
