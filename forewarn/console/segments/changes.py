"""What differs between two versions of the segments, segment by segment."""

from __future__ import annotations

from typing import Any

import msgspec

from forewarn.console.segments.collection import Collection, Feature


class Change(msgspec.Struct, frozen=True):
    """One segment that differs."""

    id: str
    name: str
    kind: str
    what: str
    """``added``, ``changed`` or ``retired``."""
    keys: list[str]
    """What differs of a changed one: names of properties, ``geometry``, ``approaches``."""


def changes(before: Collection, after: Collection) -> list[Change]:
    """Return what differs, in the order of the files: first what is there after, then what is not any more."""
    was, now = before.segments, after.segments
    lines = (_lines(before), _lines(after))
    found = []
    for id, feature in now.items():
        if id not in was:
            found.append(_change(id, feature, "added", []))
            continue
        keys = _keys(was[id], feature)
        if lines[0].get(id) != lines[1].get(id):
            keys.append("approaches")
        if keys:
            found.append(_change(id, feature, "changed", keys))
    return found + [_change(id, feature, "retired", []) for id, feature in was.items() if id not in now]


def _keys(one: Feature, two: Feature) -> list[str]:
    names = dict.fromkeys([*one["properties"], *two["properties"]])
    found = [name for name in names if one["properties"].get(name) != two["properties"].get(name)]
    return found + (["geometry"] if one["geometry"] != two["geometry"] else [])


def _lines(collection: Collection) -> dict[str, list[tuple[str, Any, Any]]]:
    """Return for each segment what leads to it or lies on it, and where."""
    found: dict[str, list[tuple[str, Any, Any]]] = {}
    for id, one in collection.features.items():
        for key in ("leads_to", "on"):
            for each in one["properties"].get(key) or ():
                found.setdefault(each["segment"], []).append((id, each, one["geometry"]))
    for lines in found.values():
        lines.sort(key=lambda line: line[0])
    return found


def _change(id: str, feature: Feature, what: str, keys: list[str]) -> Change:
    properties = feature["properties"]
    return Change(id, properties["name"], properties["kind"], what, keys)
