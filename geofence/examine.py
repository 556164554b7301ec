"""From bytes to typed features, at the speed of a typed decoder; and, where that fails, every fault by its place.

Decoding stops at the first wrong value and cannot name the feature well. So a file that does not decode is read once
more as plain JSON, and every value is held against the type of its key.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from geofence.coordinates import MOST_NUMBERS, Vertices, read_coordinates
from geofence.document import ROLE_KEYS, Document, Lead, On, Properties
from geofence.faults import Fault, shown

WGS84_NAMES: Final = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490", "WGS84", "WGS 84")
"""Endings of the names of coordinate systems that are longitude and latitude as used here (CGCS2000 to centimetres)."""
RANGE_REASONS: Final = {
    "limit_kmh": "limit_out_of_range",
    "ahead_m": "negative_distance",
    "branch_ahead_m": "negative_distance",
    "from_m": "negative_distance",
    "forewarn_version": "unknown_version",
    "role": "unknown_role",
}
"""What a value of the right type is called that is not allowed; ``out_of_range`` elsewhere."""
_NOT_JSON: Final = "NaN"
_DECODER: Final = msgspec.json.Decoder(Document)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read."""

    content: bytes
    properties: list[Properties]
    """Of the features that are well formed."""
    numbers: NDArray[np.int64]
    """Their numbers in the file, from 1."""
    vertices: Vertices
    """Their geometry."""
    document: Document | None
    """The file as a whole; None where it is not well formed."""
    others: frozenset[str] = frozenset()
    """Ids of the features that are not well formed."""
    faults: list[Fault] = field(default_factory=list)


def parse(content: bytes) -> Parsed:
    """Decode the bytes of a segment file; never raises, whatever they are."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        document = _DECODER.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _explained(content, str(error))
    geometries = [f.geometry for f in document.features]
    is_point = np.array([g.type == "Point" for g in geometries], np.bool_)
    vertices = read_coordinates([g.coordinates for g in geometries], is_point)
    if vertices is None:
        return _explained(content, "coordinates that are not lists of numbers")
    numbers = np.arange(1, len(geometries) + 1)
    properties = [f.properties for f in document.features]
    return Parsed(content, properties, numbers, vertices, document, faults=list(_crs_faults(document.crs)))


def _explained(content: bytes, message: str) -> Parsed:
    """Read a file that did not decode once more, value by value."""
    properties: list[Properties] = []
    numbers: list[int] = []
    texts: list[bytes] = []
    is_point: list[bool] = []
    others: set[str] = set()
    tree, faults = _tree(content)
    for number, raw in enumerate(tree["features"], 1):
        found = list(_feature_faults(raw))
        if not found:
            properties.append(msgspec.convert(raw["properties"], Properties))
            numbers.append(number)
            texts.append(json.dumps(raw["geometry"]["coordinates"]).encode())
            is_point.append(raw["geometry"]["type"] == "Point")
            continue
        keys = raw.get("properties") if isinstance(raw, dict) else None
        name = keys.get("id") if isinstance(keys, dict) else None
        named = name if isinstance(name, str) else None
        faults += [Fault(reason, number, named, key, detail) for reason, key, detail in found]
        others |= {named} if named is not None else set()
    if not faults:
        # only what the plain reader lets pass and the decoder does not: NaN, broken text in ignored keys
        faults.append(Fault("not_json", 0, None, "", shown(message)))
    vertices = read_coordinates(texts, np.array(is_point, np.bool_))
    assert vertices is not None  # noqa: S101  # _feature_faults named every vertex that cannot be read
    return Parsed(content, properties, np.array(numbers, np.int64), vertices, None, frozenset(others), faults)


def _tree(content: bytes) -> tuple[dict[str, Any], list[Fault]]:
    """Return the file as plain JSON, with a list of features at least, and the faults of the file as a whole."""
    try:
        tree = json.loads(content, parse_constant=lambda _: _NOT_JSON)
    except (ValueError, RecursionError) as error:
        return {"features": []}, [Fault("not_json", 0, None, "", shown(str(error)))]
    if not isinstance(tree, dict) or tree.get("type") != "FeatureCollection":
        found = shown(tree.get("type")) if isinstance(tree, dict) else type(tree).__name__
        return {"features": []}, [Fault("not_a_feature_collection", 0, None, "type", found)]
    if not isinstance(tree.get("features"), list):
        detail = type(tree.get("features")).__name__
        return {"features": []}, [Fault("not_a_feature_collection", 0, None, "features", detail)]
    faults = [Fault(reason, 0, None, key, detail) for reason, key, detail in _struct_faults(tree, Document, "features")]
    return tree, faults + list(_crs_faults(tree.get("crs")))


def _crs_faults(crs: Any) -> Iterator[Fault]:
    """Name a coordinate system that is not longitude and latitude; GeoJSON of old could have one."""
    if isinstance(crs, dict) and isinstance(crs.get("properties"), dict):
        name = crs["properties"].get("name")
        if isinstance(name, str) and not name.upper().endswith(WGS84_NAMES):
            yield Fault("wrong_crs", 0, None, "crs", shown(name))


def _feature_faults(raw: Any) -> Iterator[tuple[str, str, str]]:
    """Yield reason, key and detail of what is not well formed in a feature."""
    if not isinstance(raw, dict) or raw.get("type") != "Feature":
        yield "not_a_feature", "type", shown(raw.get("type")) if isinstance(raw, dict) else type(raw).__name__
        return
    geometry = raw.get("geometry")
    if not isinstance(geometry, dict):
        yield "missing_geometry", "geometry", shown(geometry)
    elif geometry.get("type") not in ("LineString", "Point"):
        yield "unknown_geometry", "geometry.type", shown(geometry.get("type"))
    else:
        yield from _coordinate_faults(geometry)
    if isinstance(raw.get("properties"), dict):
        yield from _struct_faults(raw["properties"], Properties)
    else:
        yield "not_a_feature", "properties", shown(raw.get("properties"))


def _coordinate_faults(geometry: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        yield "bad_coordinates", "coordinates", shown(coordinates)
    elif geometry["type"] == "Point":
        if not _is_vertex(coordinates):
            yield "bad_coordinates", "coordinates", shown(coordinates)
    else:
        for at, vertex in enumerate(coordinates):
            if not _is_vertex(vertex):
                yield "bad_coordinates", f"coordinates[{at}]", shown(vertex)
                return


def _is_vertex(vertex: Any) -> bool:
    numbers = isinstance(vertex, list) and all(type(x) in (int, float) and math.isfinite(x) for x in vertex)
    return numbers and 2 <= len(vertex) <= MOST_NUMBERS


def _struct_faults(raw: dict[str, Any], struct: type, *skip: str) -> Iterator[tuple[str, str, str]]:
    """Hold every known key of an object against its type; lists of objects member by member."""
    for item in msgspec.structs.fields(struct):
        if item.name in skip:
            continue
        if item.name not in raw:
            if item.required:
                yield "missing_key", item.name, "none"
            continue
        value = raw[item.name]
        member = {"leads_to": Lead, "on": On}.get(item.name)
        if member is not None and isinstance(value, list):
            for at, one in enumerate(value):
                if not isinstance(one, dict):
                    yield "wrong_type", f"{item.name}[{at}]", shown(one)
                    continue
                for reason, key, detail in _struct_faults(one, member):
                    yield reason, f"{item.name}[{at}].{key}", detail
            continue
        try:
            msgspec.convert(value, item.type)
        except msgspec.ValidationError as error:
            wrong_type = ", got `" in str(error) and item.name != "role"
            reason = "wrong_type" if wrong_type else RANGE_REASONS.get(item.name, "out_of_range")
            yield reason, item.name, f"{shown(value)} ({error})"


def unknown_keys(content: bytes) -> list[Fault]:
    """Return a warning for every key that means nothing for its feature's role; none where the file is not JSON."""
    try:
        tree = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    faults: list[Fault] = []
    features = tree.get("features") if isinstance(tree, dict) else None
    for number, raw in enumerate(features if isinstance(features, list) else (), 1):
        properties = raw.get("properties") if isinstance(raw, dict) else None
        if not isinstance(properties, dict):
            continue
        role = properties.get("role") or "segment"
        known = ROLE_KEYS.get(role, frozenset()) if isinstance(role, str) else frozenset()
        for key, value in properties.items() if known else ():
            # a known key of another role is either null, as GIS tools write it, or a fault or of no effect
            misplaced = key in Properties.__struct_fields__ and (value is None or key in ("leads_to", "on", "two_way"))
            if key not in known and not misplaced:
                name = properties.get("id")
                named = name if isinstance(name, str) else None
                faults.append(Fault("unknown_key", number, named, key, f"means nothing on a {role}"))
    return faults
