"""What the stand-in for the console's server knows: alarms, journal, load, and the events of its stream."""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Disposition
from forewarn.console.alarms.states import Event, after
from tests.forewarn.console.pages import made_up


class World:
    """All that the stand-in knows; its methods may be called from any thread."""

    def __init__(self, vehicles: int = 300) -> None:
        """A fleet, and no alarm yet."""
        self.vehicles = made_up.fleet(vehicles, now_ms())
        self.alarms: dict[str, Alarm] = {}
        self.journal: list[dict[str, Any]] = []
        self.events: list[tuple[int | None, str, Any]] = []
        self.load: dict[str, Any] = {
            "last_hour": 4, "good": 6, "most": 12, "peak_10min": 2, "oldest_unacknowledged_s": None, "flood": False,
            "prompts_last_hour": 1284,
        }  # fmt: skip
        self.posts: list[tuple[str, dict[str, Any]]] = []
        """Every action that was asked for: path and body."""
        self.lock = threading.RLock()

    def put(self, alarm: Alarm, who: str, what: str, facts: dict[str, Any] | None = None) -> Alarm:
        """Keep an alarm, write the journal, tell every tab."""
        with self.lock:
            number = len(self.journal) + 1
            self.alarms[alarm.id] = alarm
            entry = {
                "number": number,
                "at": iso(now_ms()),
                "who": who,
                "what": what,
                "facts": facts or {},
                "alarm_id": alarm.id,
            }
            self.journal.append(entry)
            self.events.append(
                (number, "alarm", {"alarm": msgspec.to_builtins(alarm), "entry": {"who": who, "what": what}})
            )
        return alarm

    def raise_alarm(self, kind: str, vehicle: int = 0, **fields: Any) -> Alarm:
        """A new alarm about one of the vehicles."""
        number = len(self.journal) + 1000
        return self.put(made_up.alarm(number, kind, self.vehicles[vehicle], now_ms(), **fields), "engine", "begin")

    def tell(self, event: str, data: Any) -> None:
        """Send an event that is in no journal."""
        with self.lock:
            self.events.append((None, event, data))

    def set_load(self, **fields: Any) -> None:
        """Change the load, and tell it."""
        self.load |= fields
        self.tell("load", dict(self.load))

    def act(self, alarm_id: str, action: str, who: str, body: dict[str, Any]) -> Alarm:
        """Do what a dispatcher asks; raises RefusedError."""
        with self.lock:
            old, at = self.alarms[alarm_id], iso(now_ms())
            new: dict[str, Any] = {"version": old.version + 1}
            if action == "acknowledge":
                new |= {
                    "state": after(old.state, Event.ACKNOWLEDGE, present=old.present),
                    "acknowledged_at": at,
                    "acknowledged_by": who,
                }
            elif action == "shelve":
                until = iso(now_ms() + int(body["minutes"]) * 60_000)
                new |= {
                    "state": after(old.state, Event.SHELVE, present=True),
                    "shelved_by": who,
                    "shelved_until": until,
                    "shelved_because": body["reason"],
                }
            elif action == "unshelve":
                new |= {
                    "state": after(old.state, Event.UNSHELVE, present=old.present),
                    "shelved_by": None,
                    "shelved_until": None,
                    "shelved_because": None,
                }
            elif action == "dispose":
                new |= {"disposition": Disposition(body["what"], body.get("reason"), body.get("note"), who, at)}
            facts = {key: value for key, value in body.items() if key != "version"}
            return self.put(msgspec.structs.replace(old, **new), who, action, facts)


def now_ms() -> int:
    """The time of day."""
    return time.time_ns() // 1_000_000
