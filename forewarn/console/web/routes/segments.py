"""The segments, and what happens at one."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from forewarn.console.desk import NotThereError
from forewarn.console.store import alarms, records
from forewarn.console.web.endpoint import Asked, Endpoint

LAST_MS: Final = 7 * 24 * 3600 * 1000


def all_of_them(asked: Asked) -> msgspec.Raw:
    """Return the segment file in force."""
    return msgspec.Raw(asked.console.segments.content)


def one(asked: Asked) -> dict[str, Any]:
    """Return a segment, what leads to it, and how it was driven in the last week by vehicles that one may see."""
    id, console = asked.path["id"], asked.console
    feature = console.segments.get(id)
    if feature is None:
        raise NotThereError(f"there is no segment {id}")
    since_ms = asked.now_ms - LAST_MS
    with console.store.read() as c:
        alerts = records.alerts_of_segment(c, id, since_ms)
        passages = records.passages_of_segment(c, id, since_ms)
        false = alarms.false_by_segment(c, since_ms, asked.person.carrier)
    passages = [p for p in passages if asked.person.sees(console.carrier_of(p.vehicle))]
    prompted = [a for a in alerts if a.prompt is not None and asked.person.sees(console.carrier_of(a.vehicle))]
    return {
        "feature": feature,
        "lines": console.segments.lines_of(id),
        "passages": len(passages),
        "warned": sum(bool(p.alert_ids) for p in passages),
        "speeds": [
            {"at_prompt": p.speed_at_prompt_kmh, "at_entry": p.speed_at_entry_kmh}
            for p in passages
            if p.speed_at_prompt_kmh is not None and p.speed_at_entry_kmh is not None
        ],
        "prompts": len(prompted),
        "false_alarms": sum(one.count for one in false if one.segment_id == id),
        "false_because": {why: n for one in false if one.segment_id == id for why, n in one.because.items()},
    }


ENDPOINTS = (
    Endpoint("GET", "/api/segments", "see", all_of_them, "The segment file in force, GeoJSON."),
    Endpoint("GET", "/api/segments/{id}", "see", one, "A segment: its lines, and the last week there."),
)
