"""From bytes to typed features, at the speed of a typed decoder; and, where that fails, every fault by its place.

Decoding stops at the first wrong value and cannot name the feature well. So a file that does not decode is read once
more as plain JSON, and every value is held against the type of its key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from geofence.document import ROLE_KEYS, Document, Feature, Lead, LineString, On, Point, Properties
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
    features: list[Feature]
    """The features that are well formed."""
    numbers: NDArray[np.int64]
    """Their numbers in the file, from 1."""
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
    crs = list(_crs_faults(document.crs))
    return Parsed(content, document.features, np.arange(1, len(document.features) + 1), document, faults=crs)


def _explained(content: bytes, message: str) -> Parsed:
    """Read a file that did not decode once more, value by value."""
    none = np.zeros(0, np.int64)
    try:
        tree = json.loads(content, parse_constant=lambda _: _NOT_JSON)
    except (ValueError, RecursionError) as error:
        return Parsed(content, [], none, None, faults=[Fault("not_json", 0, None, "", shown(str(error)))])
    if not isinstance(tree, dict) or tree.get("type") != "FeatureCollection":
        found = shown(tree.get("type")) if isinstance(tree, dict) else type(tree).__name__
        return Parsed(content, [], none, None, faults=[Fault("not_a_feature_collection", 0, None, "type", found)])
    if not isinstance(tree.get("features"), list):
        detail = type(tree.get("features")).__name__
        faults = [Fault("not_a_feature_collection", 0, None, "features", detail)]
        return Parsed(content, [], none, None, faults=faults)
    faults = [Fault(r, 0, None, key, detail) for r, key, detail in _struct_faults(tree, Document, "features")]
    faults += _crs_faults(tree.get("crs"))
    features: list[Feature] = []
    numbers: list[int] = []
    others: set[str] = set()
    for number, raw in enumerate(tree["features"], 1):
        found_faults = list(_feature_faults(raw))
        properties = raw.get("properties") if isinstance(raw, dict) else None
        name = properties.get("id") if isinstance(properties, dict) else None
        if found_faults:
            named = shown(name) if isinstance(name, str) else None
            faults += [Fault(reason, number, named, key, detail) for reason, key, detail in found_faults]
            others |= {name} if isinstance(name, str) else set()
        else:
            features.append(msgspec.convert(raw, Feature))
            numbers.append(number)
    if not faults:
        # only what the plain reader lets pass and the decoder does not: NaN, broken text in ignored keys
        faults.append(Fault("not_json", 0, None, "", shown(message)))
    return Parsed(content, features, np.array(numbers, np.int64), None, frozenset(others), faults)


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
    try:
        msgspec.convert(geometry, LineString | Point)
    except msgspec.ValidationError as error:
        coordinates = geometry.get("coordinates")
        if geometry["type"] == "LineString" and isinstance(coordinates, list):
            for at, vertex in enumerate(coordinates):
                if not _is_vertex(vertex):
                    yield "bad_coordinates", f"coordinates[{at}]", shown(vertex)
                    return
        yield "bad_coordinates", "coordinates", shown(str(error))


def _is_vertex(vertex: Any) -> bool:
    try:
        msgspec.convert(vertex, list[float])
    except msgspec.ValidationError:
        return False
    return True


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
                named = shown(name) if isinstance(name, str) else None
                faults.append(Fault("unknown_key", number, named, shown(key), f"means nothing on a {role}"))
    return faults
