"""Where vehicles are, and what is known of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from alerts.record import Alert
from forewarn.console.desk import NotThereError
from forewarn.console.store import alarms, positions, records
from forewarn.console.store.records import EPISODES
from forewarn.console.web.endpoint import Asked, Endpoint

LAST_MS: Final = 8 * 3600 * 1000
"""So much of a vehicle's past is shown: a shift."""

FIELDS: Final = ("vehicle", "lon", "lat", "speed_kmh", "heading_deg", "at", "driver")
"""What a row says of a vehicle, here and in the stream's event ``positions``."""


def listed(asked: Asked) -> dict[str, Any]:
    """Return where all vehicles are that the person may see."""
    rows = asked.console.rows(asked.person.sees)
    carrier_of = asked.console.carrier_of
    vehicles = [{**dict(zip(FIELDS, row, strict=True)), "carrier": carrier_of(row[0])} for row in rows]
    return {"vehicles": vehicles, "at_ms": asked.now_ms}


def one(asked: Asked) -> dict[str, Any]:
    """Return the last hours of a vehicle."""
    vehicle, console = asked.path["vehicle"], asked.console
    registered = console.register.get(vehicle)
    if not asked.person.sees(console.carrier_of(vehicle)):
        raise NotThereError(f"there is no vehicle {vehicle}")
    since_ms = asked.now_ms - LAST_MS
    with console.store.read() as c:
        alerts = records.alerts_of_vehicle(c, vehicle, since_ms)
        prompts = records.prompts_of_vehicle(c, vehicle, since_ms)
        passages = records.passages_of_vehicle(c, vehicle, since_ms)
        fixes = positions.of_vehicle(c, vehicle, since_ms)
        found = [one for one in alarms.of_vehicle(c, vehicle) if asked.person.sees(one.carrier)]
    if registered is None and not (alerts or passages or fixes or found):
        raise NotThereError(f"there is no vehicle {vehicle}")
    entered = Counter((p.segment.id, p.segment.name) for p in passages if p.entered_at is not None)
    return {
        "vehicle": vehicle,
        "register": registered,
        "fixes": [[f.time_ms, f.lon, f.lat, f.speed_kmh, f.heading_deg] for f in fixes],
        "passages": passages,
        "prompts": [{"alert": alert, "outcome": outcome} for alert, outcome in prompts],
        "episodes": _newest([a for a in alerts if a.kind in EPISODES]),
        "alarms": found,
        "repeats": [{"segment": id, "name": name, "count": n} for (id, name), n in entered.most_common() if n > 1],
    }


def _newest(alerts: Sequence[Alert]) -> list[Alert]:
    """Return of each alert what was told last, of those that come newest first."""
    return list({one.id: one for one in reversed(alerts)}.values())[::-1]


ENDPOINTS = (
    Endpoint("GET", "/api/vehicles", "see", listed, "Where all vehicles are, as they were heard of last."),
    Endpoint("GET", "/api/vehicles/{vehicle}", "see", one, "The last eight hours of a vehicle."),
)
