"""The alarms, and what people do about them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from alerts.record import iso
from forewarn.console.actions import ACTIONS, MOST_CHARACTERS, MOST_SHELVED_MIN, BadRequestError
from forewarn.console.alarms.alarm import Place
from forewarn.console.alarms.dispositions import DISPOSITIONS
from forewarn.console.alarms.states import State
from forewarn.console.desk import MOST, NotAllowedError, NotThereError
from forewarn.console.speaking import CannotSpeakError, alert_of, worded
from forewarn.console.store import alarms, journal, records
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.console.web.routes.journal import told
from forewarn.wall_clock import now_ms

VERSION: Final = {"version": {"type": "integer"}}
TEXT: Final = {"type": "string", "maxLength": MOST_CHARACTERS}
NEEDED: Final = {**TEXT, "minLength": 1}
SAY: Final = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "shelve": {"minutes": {"type": "integer", "minimum": 1, "maximum": MOST_SHELVED_MIN}, "reason": NEEDED},
    "dispose": {"what": {"enum": list(DISPOSITIONS)}, "reason": TEXT, "note": TEXT},
    "remove": {"reason": NEEDED},
}
"""What an action takes beside the version; all of ``NEED`` must be there."""
NEED: Final = {"shelve": ["minutes", "reason"], "dispose": ["what"], "remove": ["reason"]}


def listed(asked: Asked) -> dict[str, Any]:
    """Return the open alarms that the person may see, the most pressing first, and where the stream goes on."""
    console, person = asked.console, asked.person
    with console.store.read() as c:
        at = journal.newest(c)
        found = alarms.listed(c, person.carrier, limit=MOST)
    return {"alarms": found, "at": at, "load": console.load_of(person.carrier, asked.now_ms)}


def one(asked: Asked) -> dict[str, Any]:
    """Return one alarm with its journal, and the alerts that it is about."""
    with asked.console.store.read() as c:
        alarm = alarms.find(c, asked.path["id"])
        if alarm is None or not asked.person.sees(alarm.carrier):
            raise NotThereError(f"there is no alarm {asked.path['id']}")
        entries = journal.of_alarm(c, alarm.id)
        about = [alarm.facts["alert"]] if "alert" in alarm.facts else []
        return {
            "alarm": alarm,
            "journal": [told(entry) for entry in entries],
            "alerts": [alert for id in about for alert in records.alerts_of_id(c, id)],
            "outcomes": records.outcomes_of(c, about),
        }


def act(action: str, asked: Asked) -> dict[str, Any]:
    """Do what the person wants to an alarm."""
    version = asked.body.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise BadRequestError("version: the alarm's version that was seen")
    given = {name: value for name, value in asked.body.items() if name != "version"}
    change = asked.console.desk.act(asked.person, asked.path["id"], version, action, given, asked.now_ms)
    asked.console.changed()
    return {"alarm": change.alarm, "number": change.number, "at": iso(asked.now_ms)}


def say(asked: Asked) -> dict[str, Any]:
    """Speak to the cab: the words stand in the journal before they are sent, and what came of that after it."""
    console, person, id = asked.console, asked.person, asked.path["id"]
    text = worded(asked.body.get("text"))
    with console.store.read() as c:
        alarm = alarms.find(c, id)
    if alarm is None or not person.sees(alarm.carrier):
        raise NotThereError(f"there is no alarm {id}")
    if alarm.state is State.NORMAL or not person.sees(console.carrier_of(alarm.vehicle)):
        raise NotAllowedError("the alarm is over, or its vehicle is another carrier's by now")
    registered = console.register.get(alarm.vehicle)
    language = (registered.language if registered else None) or "zh"
    place = alarm.place or Place(0.0, 0.0)
    alert = alert_of(text, alarm.vehicle, alarm.driver, language, place.lon, place.lat, now_ms())
    told = {"text": text, "alert": alert.id}
    console.desk.note(person, id, "say", told, asked.now_ms)
    try:
        console.mouth.say(alert)
    except CannotSpeakError as error:
        console.desk.note(person, id, "not_said", {**told, "why": str(error)}, asked.now_ms)
        raise
    finally:
        console.changed()
    return {"alarm": alarm, "alert": alert.id}


def load(asked: Asked) -> dict[str, Any]:
    """Return the person's own load."""
    return asked.console.load_of(asked.person.carrier, asked.now_ms)


ENDPOINTS = (
    Endpoint("GET", "/api/alarms", "see", listed, "The open alarms, and the number at which the stream goes on."),
    Endpoint("GET", "/api/alarms/{id}", "see", one, "One alarm, its journal, its alerts and their outcomes."),
    *(
        Endpoint(
            "POST",
            f"/api/alarms/{{id}}/{action}",
            right,
            partial(act, action),
            f"{action.capitalize()} an alarm.",
            {
                "type": "object",
                "required": ["version", *NEED.get(action, [])],
                "properties": {**VERSION, **BODIES.get(action, {})},
            },
        )
        for action, (right, _) in ACTIONS.items()
    ),
    Endpoint("POST", "/api/alarms/{id}/say", "act", say, "Speak to the cab of the alarm's vehicle.", SAY),
    Endpoint("GET", "/api/load", "see", load, "How much is asked of whoever asks."),
)
