"""How all segments did in the last week: false alarms are how they get better."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from alerts.record import iso
from forewarn.console.store import alarms, segment_figures
from forewarn.console.store.database import Connection
from forewarn.console.web.endpoint import Asked, Endpoint

LAST_MS: Final = 7 * 24 * 3600 * 1000


def all_of_them(asked: Asked) -> dict[str, Any]:
    """Return the figures of every segment of the file, and of each that is in it no more but had a false alarm."""
    console, carrier, since_ms = asked.console, asked.person.carrier, asked.now_ms - LAST_MS
    with console.store.read() as c:
        found = figures_of(c, console.segments.ids(), since_ms, carrier, console.vehicles_of(carrier))
    return {"since": iso(since_ms), "segments": [{"id": id, **figures} for id, figures in found.items()]}


def figures_of(
    c: Connection, ids: Collection[str], since_ms: int, carrier: str | None, vehicles: Collection[str] | None
) -> dict[str, dict[str, Any]]:
    """Return passages, prompts and false alarms since then by segment: of one carrier and its vehicles, or of all."""
    passages = segment_figures.passages(c, ids, since_ms, vehicles)
    prompts = segment_figures.prompts(c, ids, since_ms, vehicles)
    false = {one.segment_id: one for one in alarms.false_by_segment(c, since_ms, carrier) if one.segment_id is not None}
    return {
        id: {
            "name": false[id].segment_name if id in false else None,
            "passages": passages.get(id, 0),
            "prompts": prompts.get(id, 0),
            "false_alarms": false[id].count if id in false else 0,
            "false_because": false[id].because if id in false else {},
        }
        for id in (*ids, *(id for id in false if id not in ids))
    }


SAYS: Final = "Passages, prompts and false alarms of the last week, by segment."
ENDPOINTS = (Endpoint("GET", "/api/segment-figures", "see", all_of_them, SAYS),)
