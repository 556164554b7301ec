"""The journal followed, and told to the open pages: what this console wrote, and what others on the same store did."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final

import structlog
from starlette.concurrency import run_in_threadpool

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.states import State
from forewarn.console.alarms.workload import KEPT_MS, Workload
from forewarn.console.people.person import Person
from forewarn.console.store import alarm_reads, journal
from forewarn.console.store.database import Store, StoreError
from forewarn.console.store.journal import Entry
from forewarn.console.web.tabs import Tab, Tabs, event, resync

log: Final = structlog.get_logger()
LOOK_S: Final = 0.25
"""So often another console's entries are looked for; this one's own are told of."""
AGAIN_S: Final = 1.0
"""So long after the store did not answer it is asked again; pages miss nothing by it."""
MOST_AT_ONCE: Final = 500
MOST_MISSED: Final = 2_000
"""A page that missed more loads the list anew."""
MOVED: Final = resync("an alarm is another carrier's now")


def told(entry: Entry, alarm: Alarm) -> bytes:
    """Return the event of an entry: the alarm as it is now, and what happened."""
    what = {"at": iso(entry.at_ms), "who": entry.who, "what": entry.what, "facts": entry.facts}
    return event("alarm", {"alarm": alarm, "entry": what}, entry.number)


def sees(entry: Entry, alarm: Alarm, person: Person) -> bool:
    """Tell whether somebody may see both: the alarm may be another carrier's since."""
    return person.sees(entry.carrier) and person.sees(alarm.carrier)


def lost(was: str | None, now: str | None, person: Person) -> bool:
    """Tell whether somebody saw what one carrier had, and does not see what another has."""
    return person.sees(was) and not person.sees(now)


class Follower:
    """Goes through the journal in its order, one entry after the other, each told once to each page."""

    def __init__(self, store: Store, tabs: Tabs) -> None:
        """Follow the journal of a store."""
        self._store, self._tabs = store, tabs
        self._wake = asyncio.Event()
        self.newest = 0
        """Number of the last entry that was told."""
        self.work = Workload()

    async def begin(self, now_ms: int) -> None:
        """Stand at the journal's end, and know the load of this shift."""
        entries, self.newest = await run_in_threadpool(self._shift, now_ms)
        for entry in entries:
            self._count(entry)

    def wake(self) -> None:
        """Look at once; may be called from the event loop's thread alone."""
        self._wake.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            self._wake.clear()
            try:
                while await self._step():
                    pass
            except StoreError as error:
                log.warning("journal_waits", why=str(error))
                await asyncio.sleep(AGAIN_S)
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_S)
            except TimeoutError:
                continue

    async def _step(self) -> bool:
        found = await run_in_threadpool(self._read, self.newest, MOST_AT_ONCE)
        for entry, alarm in found:
            self.newest = entry.number
            self._count(entry)
            if alarm is not None:
                self._tabs.tell(told(entry, alarm), partial(sees, entry, alarm))
        for was, now in {(entry.carrier, alarm.carrier) for entry, alarm in found if alarm is not None}:
            self._tabs.tell(MOVED, partial(lost, was, now))
        return len(found) == MOST_AT_ONCE

    async def catch_up(self, tab: Tab, number: int) -> None:
        """Tell a page what it missed since an entry; it is not yet among the tabs, so nothing is told twice."""
        while number < self.newest:
            up_to = self.newest
            missed = await run_in_threadpool(self._read, number, MOST_MISSED + 1)
            if len(missed) > MOST_MISSED:
                tab.put(resync("too much was missed"))
                break
            for entry, alarm in missed:
                if entry.number <= up_to and alarm is not None and sees(entry, alarm, tab.person):
                    tab.put(told(entry, alarm))
            number = up_to
        self._tabs.all.add(tab)

    def _read(self, number: int, most: int) -> list[tuple[Entry, Alarm | None]]:
        with self._store.read() as c:
            entries = journal.since(c, number, most)
            found = alarm_reads.by_id(c, {entry.alarm_id for entry in entries if entry.alarm_id is not None})
            return [(entry, found.get(entry.alarm_id or "")) for entry in entries]

    def _shift(self, now_ms: int) -> tuple[list[Entry], int]:
        with self._store.read() as c:
            entries = list(journal.all_between(c, now_ms - KEPT_MS, now_ms + 1))
            return entries, journal.newest(c)

    def _count(self, entry: Entry) -> None:
        facts: dict[str, Any] = entry.facts
        if facts.get("new") and facts.get("state") == State.UNACKNOWLEDGED:
            self.work.raised(entry.carrier, entry.at_ms)
