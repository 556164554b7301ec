"""The console killed again and again under open pages: nothing missed, nothing twice, every acknowledgement kept."""

from __future__ import annotations

import signal
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
ENDS_S: Final = 20.0
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
        page.watch(ENDS_S)
        traffic.stop()
        page.watch(ENDS_S)
        done = clients.end()
        alarms = console.get("/api/alarms")["alarms"]
        entries = console.get("/api/journal")["entries"]
        listed = sum(one["state"] in ("unacknowledged", "acknowledged", "returned") for one in alarms)
        shown = int(page.page.evaluate(TO_DO))
    faults = {**of_journal(entries, sent, done), **of_streams(entries, done)}
    faults["page shows other than the list"] = int(shown != listed)
    faults["errors of the page"] = len(page.errors)
    say(
        f"  {len(sent)} alarms sent, {len(done.acknowledged)} acknowledgements answered, {len(done.tabs)} streams broken "
        f"{sum(tab.breaks for tab in done.tabs)} times, {sum(tab.resyncs for tab in done.tabs)} resyncs; started again "
        f"within {max(starts_s):.1f} s"
    )
    say("  " + ", ".join(f"{what}: {number}" for what, number in faults.items()))
    return not any(faults.values())


def of_journal(entries: list[dict[str, Any]], sent: list[tuple[str, str, float]], done: Done) -> dict[str, int]:
    """Return what is missing or twice in the journal."""
    raised = Counter(
        (one["alarm"]["kind"] if "alarm" in one else one["vehicle"], one["alarm_id"])
        for one in entries
        if one["what"] == "begin"
    )
    vehicles = Counter(one["vehicle"] for one in entries if one["what"] == "begin" and one["facts"].get("new"))
    acknowledged = Counter(one["alarm_id"] for one in entries if one["what"] == "acknowledge")
    return {
        "alarms missed": sum(who not in vehicles for _, who, _ in sent),
        "alarms twice": sum(number > 1 for number in vehicles.values())
        + sum(number > 1 for number in raised.values()),
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
