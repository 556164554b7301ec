"""The tables by which the page says what things are called and what can be done."""

from __future__ import annotations

from typing import Any

from forewarn.console.actions import ACTIONS
from forewarn.console.alarms.dispositions import DISPOSITIONS, FALSE_BECAUSE
from forewarn.console.alarms.kinds import KINDS, PRIORITIES
from forewarn.console.alarms.states import TRANSITIONS, State
from forewarn.console.web.endpoint import Asked, Endpoint


def tables(asked: Asked) -> dict[str, Any]:
    """Return all of them."""
    return {
        "kinds": {k.name: {"priority": k.priority, "title": k.title, "response": k.response} for k in KINDS.values()},
        "priorities": PRIORITIES,
        "dispositions": DISPOSITIONS,
        "false_because": FALSE_BECAUSE,
        "states": {state: [event for of, event in TRANSITIONS if of is state] for state in State},
        "actions": {name: right for name, (right, _) in ACTIONS.items()},
        "basemap": asked.console.settings.basemap is not None,
    }


ENDPOINTS = (Endpoint("GET", "/api/tables", "see", tables, "What things are called, and what can be done."),)
