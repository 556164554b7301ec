"""The report of a day."""

from __future__ import annotations

from typing import Any, Final

from alerts.record import iso
from forewarn.console.day_report import report
from forewarn.console.desk import NotThereError
from forewarn.console.store import days
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.console.web.routes.journal import TIMES, times

ASKED: Final = {**TIMES, "carrier": {"type": "string"}}


def day(asked: Asked) -> dict[str, Any]:
    """Return the report of a time, of one carrier or, for who sees all and names none, of everybody."""
    from_ms, to_ms = times(asked)
    carrier = asked.query.get("carrier") or asked.person.carrier
    if not asked.person.sees(carrier) and carrier is not None:
        raise NotThereError(f"there is no carrier {carrier}")
    of = asked.console.carrier_of
    with asked.console.store.read() as c:
        vehicles = [v for v in days.vehicles_between(c, from_ms, to_ms) if carrier is None or of(v) == carrier]
        chosen = set(vehicles)
        alarms = days.alarms_between(c, from_ms, to_ms, carrier)
        episodes = [one for one in days.episodes_between(c, from_ms, to_ms) if one[0] in chosen]
        prompts = sum(count for vehicle, count in days.prompts_between(c, from_ms, to_ms) if vehicle in chosen)
    told = report(vehicles, alarms, episodes, prompts)
    return {"from": iso(from_ms), "to": iso(to_ms), "carrier": carrier, "report": told}


def carriers(asked: Asked) -> dict[str, Any]:
    """Return the carriers of the register that the person may see."""
    known = {one.carrier for one in asked.console.register.values() if one.carrier is not None}
    return {"carriers": sorted(one for one in known if asked.person.sees(one))}


ENDPOINTS = (
    Endpoint("GET", "/api/report", "see", day, "The report of a time, else of the last day.", query=ASKED),
    Endpoint("GET", "/api/carriers", "see", carriers, "The carriers of the register."),
)
