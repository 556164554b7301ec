"""GeoJSON: points with properties, and lines with a time for each vertex (``coordTimes``, ``times``, ``timestamps``).

A property of a line that is a list as long as the line holds a value for each vertex; any other holds for all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from ingest.files.decode import RawTable
from ingest.files.elements import elements, flattened, table_of
from ingest.files.headers import recognise
from ingest.files.options import ReadOptions
from ingest.files.source import Source

_FEATURES: Final = re.compile(r'"features"\s*:\s*\[')
_FEATURE: Final = re.compile(r'"type"\s*:\s*"Feature(Collection)?"')


def sniff(source: Source) -> bool:
    """Tell whether the text is JSON with features in it."""
    return source.head.lstrip("﻿ \t\r\n").startswith("{") and bool(_FEATURE.search(source.head))


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield the points of the features; the number of the feature stands for the line."""
    found = _FEATURES.search(source.head)
    opening = len(source.head[: found.end()].encode()) if found else 0
    for parts, first in elements(source, opening):
        rows: list[dict[str, Any]] = []
        numbers: list[int] = []
        for number, text in enumerate(parts, first):
            for row in _points(source, text, number, options):
                rows.append(row)
                numbers.append(number)
        raw = table_of(source, rows, numbers, options.mapping)
        if raw is not None:
            yield raw


def _points(source: Source, text: bytes, number: int, options: ReadOptions) -> list[dict[str, Any]]:
    """Return a flat record for each point of a feature; none where the feature is rejected."""
    try:
        feature = json.loads(text)
        geometry = feature["geometry"]
        kind, coordinates = geometry["type"], geometry["coordinates"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        source.reject("bad_json", number, f"is no feature with a geometry: {error!r}: {text[:80]!r}")
        return []
    properties = flattened(feature.get("properties") or {})
    if "id" in feature:
        properties.setdefault("id", feature["id"])
    if kind == "Point":
        coordinates = [coordinates]
    elif kind in ("MultiLineString", "MultiPoint", "LineString"):
        if kind == "MultiLineString":
            coordinates = [point for line in coordinates for point in line]
        properties = {key: _level(value) for key, value in properties.items()}
        timed = {f for key, v in properties.items() if _each(v, len(coordinates)) for f in _meaning(key, options)}
        if "time" not in timed:
            source.reject("no_times", number, f"a {kind} without a time for each of its {len(coordinates)} points")
            return []
    else:
        source.reject("no_points", number, f"a {kind} is no position")
        return []
    return [_record(properties, point, i, len(coordinates), kind) for i, point in enumerate(coordinates)]


def _record(properties: dict[str, Any], point: Any, i: int, n: int, kind: str) -> dict[str, Any]:
    record = {
        (_singular(key) if kind != "Point" and _each(v, n) else key): v[i] if kind != "Point" and _each(v, n) else v
        for key, v in properties.items()
    }
    whole = isinstance(point, list) and len(point) >= 2
    return record | {"lon": point[0] if whole else None, "lat": point[1] if whole else None}


def _each(value: Any, n: int) -> bool:
    return isinstance(value, list) and len(value) == n


def _level(value: Any) -> Any:
    """A list of lists, a list a line, as one list."""
    if isinstance(value, list) and value and all(isinstance(part, list) for part in value):
        return [entry for part in value for entry in part]
    return value


@lru_cache(maxsize=1024)
def _singular(key: str) -> str:
    """The name of one value of a list: without the plural's s, unless the name is known with it."""
    bare = key.removeprefix("coordinateProperties_")
    return bare if recognise([bare], {}).columns else bare.removesuffix("s")


def _meaning(key: str, options: ReadOptions) -> set[str]:
    return set(recognise([_singular(key)], options.mapping).columns)
