"""The limit at a place: from the map where it tells one, else by country, kind and road class (``limits.toml``)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

KMH_PER: Final = {"km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
"""Km/h of the units that ``maxspeed`` may carry (OSM wiki, Key:maxspeed); without one it is km/h."""
WALK_KMH: Final = 7.0
"""What ``walk`` stands for: the walking pace of German courts, 4 to 7, up to 10 km/h."""
HIGHEST_KMH: Final = 160.0
"""A figure above is a typing error: no road with a limit allows more."""
ANY: Final = "ANY"
"""The country of the table that stands in where a country has none."""
TYPE_KEYS: Final = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
"""Keys that may name a zone, such as ``PT:urban``, where ``maxspeed`` gives no figure."""

_FIGURE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?")
_ZONE: Final = re.compile(r"([A-Z]{2}):([a-z_]+)(?::?(\d+))?")


def limit(
    country: str | None, kind: str, highway: str, tags: dict[str, str], forward: bool | None = None
) -> tuple[float | None, str | None]:
    """Return the limit in km/h at a place of a kind on a road, and where it comes from.

    ``country`` is an ISO 3166-1 alpha-2 code; unknown ones take the fallback table. ``highway`` is the road's
    class, ``tags`` those of its way, ``forward`` whether one drives in the direction of the way, None where
    that does not matter. The source is ``osm:maxspeed``, ``osm:maxspeed:hgv`` or the like, or
    ``default:COUNTRY:KIND:CLASS``. Kinds of which the table has no row give (None, None). At crossings the
    table's figure holds where the road's own limit is higher: it is the speed at which one should pass.
    """
    told = mapped_limit(country, tags, forward)
    default = _default(country, kind, highway)
    if default is None:
        return told or (None, None)
    if told is None or (kind in _table()["caps"] and default[0] < told[0]):
        return default
    return told


def mapped_limit(country: str | None, tags: dict[str, str], forward: bool | None = None) -> tuple[float, str] | None:
    """Return the limit in km/h that the map tells for a truck on a way, and its key; None where it tells none.

    The lowest of ``maxspeed`` and ``maxspeed:hgv`` counts, in the direction driven where that is given.
    Conditional limits, variable ones (``signals``, ``variable``) and ``none`` tell no figure.
    """
    ways = {None: (), True: (":forward",), False: (":backward",)}[forward]
    found: list[tuple[float, str]] = []
    for key in ("maxspeed", "maxspeed:hgv"):
        for one in (*(key + way for way in ways), key):
            kmh = parse_limit(tags.get(one, ""), country)
            if kmh is not None:
                found.append((kmh, f"osm:{one}"))
                break
    if not found:
        for key in TYPE_KEYS:
            kmh = _zone(tags.get(key, ""))
            if kmh is not None:
                found.append((kmh, f"osm:{key}"))
                break
    return min(found, default=None)


def parse_limit(value: str, country: str | None = None) -> float | None:
    """Return the km/h that a value of ``maxspeed`` means, the lowest of several; None where it means no figure."""
    figures = []
    for part in re.split(r"[;|,]", value):
        part = part.strip()
        if part.endswith(":walk") or part == "walk":
            figures.append(WALK_KMH)
        elif match := _FIGURE.fullmatch(part):
            figures.append(float(match[1]) * KMH_PER[match[2] or "km/h"])
        elif (kmh := _zone(part if ":" in part else f"{country or ANY}:{part}")) is not None:
            figures.append(kmh)
    return min((round(one, 1) for one in figures if 0.0 < one <= HIGHEST_KMH), default=None)


def _zone(value: str) -> float | None:
    """Return the km/h behind a zone such as ``DE:urban`` or ``DE:zone30``; None where it is not known."""
    match = _ZONE.fullmatch(value)
    if match is None:
        return None
    country = _table().get(match[1], _table()[ANY])
    figure = match[3] or country["zones"].get(match[2])
    return None if figure is None else float(figure) * KMH_PER[country["unit"]]


def _default(country: str | None, kind: str, highway: str) -> tuple[float, str] | None:
    for name in (country or ANY, ANY):
        rows = _table().get(name, {}).get(kind)
        if rows is None:
            continue
        plain = highway.removesuffix("_link")
        figure, _ = next((rows[one] for one in (highway, plain) if one in rows), rows["other"])
        return round(float(figure) * KMH_PER[_table()[name]["unit"]], 1), f"default:{name}:{kind}:{highway}"
    return None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("limits.toml").read_text("utf-8"))
