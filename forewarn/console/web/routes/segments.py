"""The segments, and what happens at one."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from forewarn.console.desk import NotThereError
from forewarn.console.store import segment_figures
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.console.web.routes.segment_figures import LAST_MS, figures_of

MOST_SPEEDS: Final = 300
"""Passages of which the speeds are told one by one, for a drawing; the figures are of all."""


def all_of_them(asked: Asked) -> msgspec.Raw:
    """Return the segment file in force."""
    return msgspec.Raw(asked.console.segments.content)


def one(asked: Asked) -> dict[str, Any]:
    """Return a segment, what leads to it, and how it was driven in the last week by vehicles that one may see."""
    id, console = asked.path["id"], asked.console
    feature = console.segments.get(id)
    if feature is None:
        raise NotThereError(f"there is no segment {id}")
    since_ms, carrier = asked.now_ms - LAST_MS, asked.person.carrier
    limit_kmh = feature["properties"].get("limit_kmh")
    vehicles = console.vehicles_of(carrier)
    with console.store.read() as c:
        told = figures_of(c, [id], since_ms, carrier, vehicles)[id]
        slowing = segment_figures.slowing(c, id, since_ms, limit_kmh, vehicles)
        speeds = segment_figures.speeds(c, id, since_ms, MOST_SPEEDS, vehicles)
        warned = segment_figures.warned(c, [id], since_ms, vehicles)
    return {
        "feature": feature,
        "lines": console.segments.lines_of(id),
        **told,
        "warned": warned.get(id, 0),
        "slowing": slowing,
        "speeds": [{"at_prompt": before, "at_entry": then} for before, then in speeds],
    }


ENDPOINTS = (
    Endpoint("GET", "/api/segments", "see", all_of_them, "The segment file in force, GeoJSON."),
    Endpoint("GET", "/api/segments/{id}", "see", one, "A segment: its lines, and the last week there."),
)
