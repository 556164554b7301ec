"""What leads to what: the references between features as columns, and the faults in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from geofence.document import Properties
from geofence.faults import Fault, shown
from geofence.shapes import Shapes

ROLE_CODES: Final = {None: 0, "segment": 0, "approach": 1, "decoy": 2}
"""Roles as written to codes of this module: segment, approach, decoy."""
REVERSED: Final = "~"
"""Appended to the id of the reversed copy of a two-way line; no feature's id may end so."""
SEEN: Final = "^"
"""Appended to the id of the stand-in of a segment without approaches; no feature's id may end so."""
T = TypeVar("T")

SLACK_M: Final = 5.0
SLACK_SHARE: Final = 0.01
"""How far apart lines may lie, end to start, and still cover a segment: metres, and a share of the segment's length;
lengths are rounded in files and measured by other formulas."""


@dataclass(frozen=True, slots=True)
class Relations:
    """References as pairs of columns; features and segments by their rows."""

    role: NDArray[np.int8]
    """Code of the role of each feature, see ``ROLE_CODES``."""
    segment: NDArray[np.int64]
    """Row of the segment of each feature, -1 for lines."""
    lead_from: NDArray[np.int64]
    lead_segment: NDArray[np.int64]
    lead_ahead_m: NDArray[np.float64]
    lead_branch_m: NDArray[np.float64]
    lead_turns: NDArray[np.int32]
    """Feature, segment, metres, metres (NaN where none) and turns of each member of ``leads_to``."""
    on_from: NDArray[np.int64]
    on_segment: NDArray[np.int64]
    on_from_m: NDArray[np.float64]
    """Feature, segment and metres of each member of ``on``."""
    next_from: NDArray[np.int64]
    next_to: NDArray[np.int64]
    """Features of each member of ``next``."""


class _Reader:
    """Reads the references of one file; collects the faults."""

    def __init__(self, properties: list[Properties], numbers: NDArray[np.int64], others: frozenset[str]) -> None:
        self.properties, self.numbers, self.others = properties, numbers, others
        self.faults: list[Fault] = []
        self.row_of: dict[str | None, int] = {}

    def fault(self, reason: str, row: int, key: str, detail: str) -> None:
        self.faults.append(Fault(reason, int(self.numbers[row]), self.properties[row].id, key, detail))

    def read_ids(self) -> None:
        ids = [p.id for p in self.properties]
        self.row_of = dict(zip(ids, range(len(ids)), strict=True))
        if len(self.row_of) < len(ids):
            for row, name in reversed(list(enumerate(ids))):
                self.row_of[name] = row
            for row, name in enumerate(ids):
                if name is not None and self.row_of[name] != row:
                    first = int(self.numbers[self.row_of[name]])
                    self.fault("duplicate_id", row, "id", f"feature {first} has it too")
        for row in [row for row, name in enumerate(ids) if name is None or name.endswith((REVERSED, SEEN))]:
            reason = "missing_id" if ids[row] is None else "reserved_id"
            self.fault(reason, row, "id", shown(ids[row]))

    def resolve(
        self,
        owner: NDArray[np.int64],
        names: list[str],
        key: Callable[[int], str],
        segment: NDArray[np.int64] | None,
    ) -> NDArray[np.int64]:
        """Return the row of each name; where ``segment`` is given, of that segment. -1 where that is a fault."""
        row_of = self.row_of
        target = np.array([row_of.get(name, -1) for name in names], np.int64)
        for at in np.flatnonzero(target < 0).tolist():
            if names[at] not in self.others:
                self.fault("dangling_reference", int(owner[at]), key(at), shown(names[at]))
        if segment is None:
            return target
        as_segment = np.where(target >= 0, segment[target], -1) if segment.size else target
        for at in np.flatnonzero((target >= 0) & (as_segment < 0)).tolist():
            self.fault("not_a_segment", int(owner[at]), key(at), f"{shown(names[at])} is a line")
        pair = owner * (len(segment) + 1) + as_segment
        in_order = np.sort(pair)
        if (in_order[1:] == in_order[:-1]).any():
            again = np.ones(len(names), np.bool_)
            again[np.unique(pair, return_index=True)[1]] = False
            for at in np.flatnonzero(again & (as_segment >= 0)).tolist():
                self.fault("duplicate_reference", int(owner[at]), key(at), shown(names[at]))
        return as_segment


def relations_of(
    properties: list[Properties], numbers: NDArray[np.int64], shapes: Shapes, others: frozenset[str] = frozenset()
) -> tuple[Relations, list[Fault]]:
    """Return the relations between features and their faults.

    ``others`` are ids of features that are too faulty to be here: naming them is no fault of the one who does.
    Where there are faults, the columns hold -1 for what is not known.
    """
    reader = _Reader(properties, numbers, others)
    reader.read_ids()
    role = np.array([ROLE_CODES[p.role] for p in properties], np.int8)
    segment = np.where(role == 0, np.cumsum(role == 0) - 1, -1)

    lead_from, leads = _flat([p.leads_to for p in properties])
    on_from, ons = _flat([p.on for p in properties])
    next_from, nexts = _flat([p.next for p in properties])

    def key_in(word: str, owner: NDArray[np.int64], suffix: str) -> Callable[[int], str]:
        return lambda at: f"{word}[{at - np.searchsorted(owner, owner[at])}]{suffix}"

    lead_segment = reader.resolve(
        lead_from, [x.segment for x in leads], key_in("leads_to", lead_from, ".segment"), segment
    )
    on_segment = reader.resolve(on_from, [x.segment for x in ons], key_in("on", on_from, ".segment"), segment)
    next_to = reader.resolve(next_from, nexts, key_in("next", next_from, ""), None)
    ahead_m = np.array([x.ahead_m for x in leads], np.float64)
    branch_m = np.array([x.branch_ahead_m for x in leads], np.float64)  # None becomes NaN
    turns = np.array([x.turns or 0 for x in leads], np.int32)
    on_from_m = np.array([x.from_m for x in ons], np.float64)
    for at in np.flatnonzero(branch_m > ahead_m + SLACK_M).tolist():
        key = key_in("leads_to", lead_from, ".branch_ahead_m")(at)
        reader.fault("branch_beyond_entry", int(lead_from[at]), key, f"{branch_m[at]:g} with ahead_m {ahead_m[at]:g}")
    _check_roles(reader, role, lead_from, on_from)
    relations = Relations(
        role,
        segment,
        lead_from,
        lead_segment,
        ahead_m,
        branch_m,
        turns,
        on_from,
        on_segment,
        on_from_m,
        next_from,
        next_to,
    )
    if not reader.faults and not others:
        _check_cover(reader, relations, shapes)
    return relations, reader.faults


def _flat(lists: list[list[T] | None]) -> tuple[NDArray[np.int64], list[T]]:
    """Return the rows of the owners and the members, in order."""
    filled = [members or () for members in lists]
    count = np.fromiter(map(len, filled), np.int64, len(filled))
    return np.repeat(np.arange(len(filled)), count), list(chain.from_iterable(filled))


def _check_roles(
    reader: _Reader, role: NDArray[np.int8], lead_from: NDArray[np.int64], on_from: NDArray[np.int64]
) -> None:
    names = ("segment", "approach", "decoy")
    for key, owner in (("leads_to", lead_from), ("on", on_from)):
        for row in np.unique(owner[role[owner] != 1]):
            reader.fault("not_for_role", int(row), key, f"on a {names[role[row]]}")
    idle = role == 1
    idle[lead_from] = False
    idle[on_from] = False
    for row in np.flatnonzero(idle).tolist():
        reader.fault("leads_nowhere", int(row), "leads_to", "it leads to nothing and lies on nothing")
    for row in np.flatnonzero(role == 1).tolist():
        if reader.properties[row].two_way:
            reader.fault("not_for_role", int(row), "two_way", "on an approach, which has one direction")


def _check_cover(reader: _Reader, relations: Relations, shapes: Shapes) -> None:
    """Name the segments that the lines on them do not cover from end to end."""
    feature = np.flatnonzero(relations.segment >= 0)
    on_point = shapes.is_point[feature[relations.on_segment]]
    for row in np.unique(feature[relations.on_segment[on_point]]):
        reader.fault("not_a_line", int(row), "geometry", "lines name it in on, and it is a Point")
    order = np.lexsort((relations.on_from_m, relations.on_segment))
    segment = relations.on_segment[order]
    if not segment.size:
        return
    length = shapes.length_m[feature[segment]]
    slack = SLACK_M + SLACK_SHARE * length
    begin = relations.on_from_m[order]
    end = begin + shapes.length_m[relations.on_from[order]]
    head = np.diff(segment, prepend=-1) != 0
    tail = np.append(head[1:], True)
    # raising each segment's metres above all earlier ones keeps the running maximum within the segment
    rise = segment * (float(end.max()) + 1.0)
    reached = np.maximum.accumulate(end + rise) - rise
    before = np.where(head, 0.0, np.append(0.0, reached[:-1]))
    gap = begin - before > slack
    short = tail & (length - reached > slack) & ~shapes.is_point[feature[segment]]
    for at in np.flatnonzero(gap | short):
        row = int(feature[segment[at]])
        hole = (before[at], begin[at]) if gap[at] else (reached[at], length[at])
        reader.fault("not_covered", row, "on", f"nothing between {hole[0]:.0f} m and {hole[1]:.0f} m")
