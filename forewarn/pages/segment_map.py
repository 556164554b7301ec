"""The page of a segment file: every line of it on a map, in colours by what it means.

It draws what can be drawn, faults or not, because a file with faults is what one most wants to look at; what
cannot be drawn is counted. Whether a file is right, ``forewarn segments check`` tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from forewarn.pages import layers
from forewarn.pages.background import Road
from forewarn.pages.page import MAP, framed, write_page
from geofence.segments import PROPOSED

DEFAULT_RADIUS_M: Final = 30.0
"""Radius drawn for a point without one, metres."""
LONGEST_TEXT: Final = 200
"""Characters of a property that the page shows."""

BRIEF: Final = (("limit_kmh", "limit 限速 km/h"), ("limit_source", "limit from 限速来源"))
MORE: Final = (
    "kind",
    "subtype",
    "place",
    "hours",
    "vehicle_classes",
    "advice",
    "half_width_m",
    "source",
    "osm_ways",
)


class PageInputError(ValueError):
    """The file is no segment file at all: it cannot be read, or is not a GeoJSON FeatureCollection."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What became of a segment file on its page."""

    size_bytes: int
    """Size of the page."""
    counts: dict[str, int]
    """Lines drawn, by the label of their layer."""
    skipped: Counter[str]
    """Features that could not be drawn, by reason."""


def read_collection(path: Path) -> dict[str, Any]:
    """Return the FeatureCollection in ``path`` as plain data.

    Raises:
        PageInputError: it cannot be read, is not JSON, or is not a FeatureCollection.
    """
    try:
        found = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise PageInputError(f"{path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise PageInputError(f"{path}: not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise PageInputError(f"{path}: not a GeoJSON FeatureCollection")
    return found


def write_segment_map(path: Path, collection: dict[str, Any], *, title: str, roads: Iterable[Road] = ()) -> Drawn:
    """Draw a segment file on one page.

    ``collection`` is a FeatureCollection (docs/architecture.md, "The segment file"); ``roads`` are further
    lines for the background.
    """
    skipped: Counter[str] = Counter()
    usable = _usable(collection["features"], skipped)
    whole = collection.get("status") == PROPOSED
    segments = [(whole or _proposed(held), _kind(held)) for held, _, _ in usable if _role(held) == "segment"]
    kinds, proposed = ({kind for is_one, kind in segments if is_one == wanted} for wanted in (False, True))
    order = [layers.ROADS, layers.DECOYS, layers.APPROACHES, *layers.kind_layers(kinds)]
    order += layers.proposed_layers(proposed)
    layer_of = {layer.key: at for at, layer in enumerate(order)}
    drawing = layers.Drawing(order)
    facts: list[dict[str, Any]] = []
    for properties, line, flag in usable:
        role = _role(properties)
        sort = "proposed" if whole or _proposed(properties) else "kind"
        key = f"{sort}:{_kind(properties)}" if role == "segment" else role
        drawing.add(layer_of[key], line, flag)
        facts.append(_facts(properties, role))
        if sort == "proposed" and role == "segment":
            facts[-1]["rows"] += [["status", "proposed, not in force 待审"], *_evidence(properties)]
    _relate(facts, [properties for properties, _, _ in usable])
    for road in roads:
        drawing.add(0, road.lonlat, layers.ONE_WAY if road.one_way else layers.BOTH_WAYS)
        facts.append({"name": road.name or "(no name 无名)", "rows": road.rows, "more": []})

    attribution = _text(collection.get("attribution"))
    data = {"map": drawing.pack(), "features": facts, "counts": drawing.counts()}
    side = SIDE.format(title=escape(title), made=escape(_made(collection)), skipped=escape(_skipped(skipped)))
    body = framed(side, attribution=attribution or "no attribution in the file 文件未注明来源")
    size = write_page(path, title=title, body=body, data=data, scripts=(*MAP, "segments.js"))
    counts = {layer.label: n for layer, n in zip(order, drawing.counts(), strict=True)}
    return Drawn(size, counts, skipped)


Usable = list[tuple[dict[str, Any], NDArray[np.float64], int]]


def _usable(features: list[Any], skipped: Counter[str]) -> Usable:
    found: Usable = []
    for feature in features:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict):
            skipped["no geometry"] += 1
            continue
        properties = feature.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if _role(properties) not in ("segment", "approach", "decoy"):
            skipped["unknown role"] += 1
            continue
        points = _points(geometry)
        if points is None:
            skipped["no usable coordinates"] += 1
        elif geometry.get("type") == "Point":
            radius = properties.get("radius_m")
            radius_m = float(radius) if isinstance(radius, int | float) else DEFAULT_RADIUS_M
            found.append((properties, layers.circle(points[0, 0], points[0, 1], radius_m), layers.OUTLINE))
        else:
            both = properties.get("two_way") is True
            found.append((properties, points, layers.BOTH_WAYS if both else layers.ONE_WAY))
    return found


def _points(geometry: dict[str, Any]) -> NDArray[np.float64] | None:
    """Return (n, 2) degrees of a Point or LineString, None where they are no such thing."""
    held = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        held = [held]
    elif geometry.get("type") != "LineString":
        return None
    try:
        points = np.asarray([(point[0], point[1]) for point in held or []], dtype=np.float64)
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    if points.ndim != 2 or not len(points) or not np.isfinite(points).all():
        return None
    if np.abs(points[:, 0]).max() > 180 or np.abs(points[:, 1]).max() > 90:
        return None
    return points


def _role(properties: dict[str, Any]) -> str:
    return _text(properties.get("role", "segment"))


def _kind(properties: dict[str, Any]) -> str:
    return _text(properties.get("kind")) or "no kind"


def _proposed(properties: dict[str, Any]) -> bool:
    return properties.get("status") == PROPOSED


def _evidence(properties: dict[str, Any]) -> list[list[str]]:
    """Return why a segment is proposed, a row a count."""
    held = properties.get("evidence")
    rows = []
    for one in held if isinstance(held, list) else []:
        if isinstance(one, dict):
            keys = ("observed", "expected", "ratio", "ratio_low", "ratio_high", "vehicles", "q")
            figures = {key: _text(one.get(key)) or "?" for key in keys}
            told = "{observed} seen, {expected} expected: {ratio} times ({ratio_low} to {ratio_high}), q {q}"
            rows.append([_text(one.get("what")), told.format(**figures)])
    return rows


def _facts(properties: dict[str, Any], role: str) -> dict[str, Any]:
    """Return what the page tells about a line: its name, rows on hover, more rows when chosen."""
    identity = _text(properties.get("id"))
    name = _text(properties.get("name")) or identity or "(no name 无名)"
    rows = [["id", identity]] if identity and identity != name else []
    rows += [[word, _text(properties[key])] for key, word in BRIEF if properties.get(key) is not None]
    more = [[key, _text(properties[key])] for key in MORE if properties.get(key) not in (None, [], "")]
    subtype, limit = _text(properties.get("subtype")), _text(properties.get("limit_kmh"))
    facts: dict[str, Any] = {"name": name, "rows": rows, "more": more}
    if role == "segment":
        brief = [_kind(properties), subtype, f"{limit} km/h" if limit else "no limit 无限速"]
        facts["brief"] = " · ".join(part for part in brief if part)
    return facts


def _relate(facts: list[dict[str, Any]], properties: list[dict[str, Any]]) -> None:
    """Put into each line's facts the numbers of the segments that it leads to and lies on."""
    number = {
        _text(held.get("id")): at for at, held in enumerate(properties) if _role(held) == "segment" and "id" in held
    }
    for fact, held in zip(facts, properties, strict=True):
        fact["leads"] = [
            [
                number[_text(one["segment"])],
                _whole(one.get("ahead_m")) or 0,
                _whole(one.get("branch_ahead_m")),
            ]
            for one in _relations(held.get("leads_to"), number)
        ]
        fact["on"] = [
            [number[_text(one["segment"])], _whole(one.get("from_m")) or 0]
            for one in _relations(held.get("on"), number)
        ]


def _relations(held: Any, number: dict[str, int]) -> list[dict[str, Any]]:
    if not isinstance(held, list):
        return []
    return [one for one in held if isinstance(one, dict) and _text(one.get("segment")) in number]


def _whole(value: Any) -> int | None:
    return round(value) if isinstance(value, int | float) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        text = ", ".join(_text(one) for one in value[:30])
    else:
        text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _made(collection: dict[str, Any]) -> str:
    parts = [collection.get("generated_by"), collection.get("country")]
    return " · ".join(_text(part) for part in parts if part)


def _skipped(skipped: Counter[str]) -> str:
    if not skipped:
        return ""
    reasons = ", ".join(f"{reason}: {n}" for reason, n in skipped.most_common())
    return f"{skipped.total()} features not drawn 未绘制 ({reasons})"


SIDE: Final = """  <h1>{title}</h1>
  <div class="quiet">{made}</div>
  <div class="warn">{skipped}</div>
  <ul class="legend" id="legend"></ul>
  <input type="search" id="search" placeholder="Search name, id, kind 搜索名称" aria-label="Search 搜索">
  <div class="quiet" id="found"></div>
  <div class="list" id="list"></div>
  <div class="facts" id="facts" hidden></div>"""
