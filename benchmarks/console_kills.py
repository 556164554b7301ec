"""The console killed again and again under open pages: nothing missed, nothing twice, every acknowledgement kept."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from console_page import Page
from console_process import ConsoleProcess
from console_tabs import Done, Tabs
from console_traffic import Load, Traffic

STREAMS: Final = 10
BETWEEN_S: Final = (6.0, 14.0)
"""From one start to the next kill, drawn evenly: also in the middle of a transaction, an answer, a catch-up."""
SETTLES_S: Final = 10.0
MOST_S: Final = 300.0
"""So long at most what came while it was down is waited for."""
TO_DO: Final = "document.querySelector('[data-tab=todo] b').textContent"


def kills(console: ConsoleProcess, load: Load, count: int, say: Callable[[str], None]) -> bool:
    """Kill it so often; print and tell whether all is there, once."""
    rng = np.random.default_rng(3)
    sessions = [console.logged_in() for _ in range(2)]
    with (
        Traffic(load) as traffic,
        Tabs(console.address, sessions, STREAMS, after_s=(2.0, 12.0)) as clients,
        Page(console.address, "admin", console.password, with_map=False) as page,
    ):
        traffic.begin()
        starts_s = []
        for _ in range(count):
            page.watch(float(rng.uniform(*BETWEEN_S)))
            console.end(signal.SIGKILL)
            starts_s.append(console.start())
        page.watch(10.0)
        sent = traffic.end()
        until = time.monotonic() + MOST_S
        while missing(whole_journal(console), sent) and time.monotonic() < until:
            page.watch(SETTLES_S)
        traffic.stop()
        page.watch(SETTLES_S)
        done = clients.end()
        alarms = console.get("/api/alarms")["alarms"]
        entries = whole_journal(console)
        listed = sum(one["state"] in ("unacknowledged", "acknowledged", "returned") for one in alarms)
        shown = int(page.page.evaluate(TO_DO))
    faults = {**of_journal(entries, sent, done), **of_streams(entries, done)}
    faults["page shows other than the list"] = int(shown != listed)
    faults["errors of the page"] = len(page.errors)
    say(
        f"  {len(sent)} alarms sent, {len(done.acknowledged)} acknowledgements answered, {len(done.tabs)} streams "
        f"broken {sum(tab.breaks for tab in done.tabs)} times, {sum(tab.resyncs for tab in done.tabs)} resyncs; "
        f"started again within {max(starts_s):.1f} s"
    )
    say("  " + ", ".join(f"{what}: {number}" for what, number in faults.items()))
    return not any(faults.values())


def whole_journal(console: ConsoleProcess) -> list[dict[str, Any]]:
    """Return all entries of the last day, in their order."""
    found: list[dict[str, Any]] = []
    before, more = "", True
    while more:
        page = console.get(f"/api/journal?limit=1000{before}")
        found += page["entries"]
        more = page["more"]
        before = f"&before={found[-1]['number']}" if found else ""
    return found[::-1]


def missing(entries: list[dict[str, Any]], sent: list[tuple[str, str, float]]) -> Counter[str]:
    """Return how many alarms that were sent the journal does not know, by kind."""
    vehicles = {one["vehicle"] for one in entries if one["what"] == "begin"}
    return Counter(kind for kind, who, _ in sent if who not in vehicles)


def of_journal(entries: list[dict[str, Any]], sent: list[tuple[str, str, float]], done: Done) -> dict[str, int]:
    """Return what is missing or twice in the journal."""
    begun = Counter(one["vehicle"] for one in entries if one["what"] == "begin" and one["facts"]["new"])
    acknowledged = Counter(one["alarm_id"] for one in entries if one["what"] == "acknowledge")
    return {
        **{f"{kind} missed": number for kind, number in missing(entries, sent).items()},
        "alarms missed": missing(entries, sent).total(),
        "alarms twice": sum(number > 1 for number in begun.values()),
        "acknowledgements lost": sum(id not in acknowledged for id in done.acknowledged),
    }


def of_streams(entries: list[dict[str, Any]], done: Done) -> dict[str, int]:
    """Return what streams missed or were told twice, from the first that each saw to the end."""
    numbers = [one["number"] for one in entries if one["alarm_id"] is not None]
    missed = twice = 0
    for tab in done.tabs:
        seen = Counter(tab.numbers)
        twice += sum(number > 1 for number in seen.values())
        missed += sum(number not in seen for number in numbers if tab.numbers and number > tab.numbers[0])
    return {"events missed": missed, "events twice": twice}
