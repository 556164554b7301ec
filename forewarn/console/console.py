"""The console put together: what its endpoints ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forewarn.console.desk import Desk
from forewarn.console.follower import Follower
from forewarn.console.intake import Intake
from forewarn.console.people.limits import Limits
from forewarn.console.people.sessions import Times
from forewarn.console.prompt_count import PromptCount
from forewarn.console.segments.drafting import Drafting
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import Outlet, ToNowhere
from forewarn.console.segments.trials import Trials
from forewarn.console.settings import Settings
from forewarn.console.speaking import Mouth, NoMouth
from forewarn.console.store import alarm_reads
from forewarn.console.store.database import Store
from forewarn.console.web.tabs import Tab, Tabs, event
from forewarn.wall_clock import now_ms
from forewarn.worker.config import Rules
from ingest.vehicles import RegisteredVehicle

if TYPE_CHECKING:
    from forewarn.console.oidc.provider import Provider


class Console:
    """What all parts share. The register and the segments may be replaced while it runs."""

    def __init__(self, settings: Settings, store: Store, segments: Segments) -> None:
        """Over a store that is open; ``begin`` is to be called on the event loop."""
        self.settings, self.store, self.segments = settings, store, segments
        self.register: Mapping[str, RegisteredVehicle] = {}
        self.desk = Desk(store, self.carrier_of)
        self.mouth: Mouth = NoMouth()
        self.drafting = Drafting(store, segments, ToNowhere("nobody judges by these segments"), self._go_over)
        self.trials = Trials()
        self.rules = Rules()
        """What trials judge by, beside the segments."""
        self.tabs = Tabs()
        self.follower = Follower(store, self.tabs)
        self._prompts = PromptCount(self.carrier_of)
        self.now_ms: Callable[[], int] = now_ms
        """The clock of alarms, UTC epoch milliseconds: the wall's, but for replayed records."""
        self.limits = Limits(time.monotonic)
        self.oidc: Provider | None = None
        """Who vouches for people; None where that is not set."""
        self.times = Times(settings.idle_s, settings.most_s)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.intake = Intake(store, self.desk, settings.name, self.changed, settings.keep_days)

    def carrier_of(self, vehicle: str) -> str | None:
        """Return the carrier of a vehicle by the register; None where there is none."""
        known = self.register.get(vehicle)
        return None if known is None else known.carrier

    def vehicles_of(self, carrier: str | None) -> list[str] | None:
        """Return a carrier's vehicles by the register; None for all of everybody, registered or not (None)."""
        if carrier is None:
            return None
        return [name for name, one in self.register.items() if one.carrier == carrier]

    def changed(self) -> None:
        """Have the journal looked at; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.follower.wake)

    def in_force(self) -> bytes:
        """Return the event that tells a page which segments are in force: it loads them where it has others."""
        return event("segments", {"hash": self.segments.hash})

    def judged_by(self, segments: Segments, outlet: Outlet, name: str, at_ms: int) -> None:
        """Let segments hold that are in force out there, called ``name``; the outlet puts others in force."""
        self.drafting.close()
        self.segments = segments
        self.drafting = Drafting(self.store, segments, outlet, self._go_over)
        self.drafting.begin(name, at_ms)

    def _go_over(self, segments: Segments) -> None:
        self.segments = segments
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.tabs.tell, self.in_force(), lambda _: True)

    def close_tabs(self, which: Callable[[Tab], bool]) -> None:
        """Close open pages' streams; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.tabs.close, which)

    async def begin(self) -> None:
        """Begin to follow the journal."""
        self._loop = asyncio.get_running_loop()
        await self.follower.begin(self.now_ms())

    def load_of(self, carrier: str | None, at_ms: int) -> dict[str, Any]:
        """Return the load of who sees a carrier's alarms: the figures, and how long the oldest has waited."""
        return self.loads_of([carrier], at_ms)[carrier]

    def loads_of(self, carriers: Iterable[str | None], at_ms: int) -> dict[str | None, dict[str, Any]]:
        """Return the load of each carrier, None for everybody's."""
        with self.store.read() as c:
            prompts = self._prompts.last_hour(c, at_ms)
            oldest_ms = {carrier: alarm_reads.oldest_unacknowledged_ms(c, carrier) for carrier in carriers}
        return {carrier: self._load(carrier, at_ms, waits, prompts[carrier]) for carrier, waits in oldest_ms.items()}

    def _load(self, carrier: str | None, at_ms: int, oldest_ms: int | None, prompts: int) -> dict[str, Any]:
        figures = self.follower.work.load(carrier, at_ms)
        return {
            "last_hour": figures.last_hour,
            "good": figures.good,
            "most": figures.most,
            "peak_10min": figures.peak_10min,
            "oldest_unacknowledged_s": None if oldest_ms is None else max(0, (at_ms - oldest_ms) // 1000),
            "flood": figures.flood,
            "prompts_last_hour": prompts,
            "waits": self.intake.waits is not None,
            "simulated": self.intake.simulated,
        }

    def rows(self, sees: Callable[[str | None], bool], codes: Sequence[int] | None = None) -> list[list[Any]]:
        """Return where vehicles are: rows of vehicle, lon, lat, km/h, degrees, ms, driver; of all, or of some codes."""
        with self.intake.fleet() as fleet:
            names = fleet.vehicles.all
            newest = fleet.newest
            wanted = np.arange(len(fleet)) if codes is None else np.asarray(codes, np.int64)
            wanted = wanted[newest["time_ms"][wanted] >= 0]
            chosen = newest[wanted].copy()
            vehicles = [names[code] for code in wanted.tolist()]
            drivers = [fleet.drivers.all[code] if code >= 0 else None for code in chosen["driver"].tolist()]
        columns = zip(
            vehicles,
            np.round(chosen["lon"], 6).tolist(),
            np.round(chosen["lat"], 6).tolist(),
            _or_none(chosen["speed_kmh"]),
            _or_none(chosen["heading_deg"]),
            chosen["time_ms"].tolist(),
            drivers,
            strict=True,
        )
        return [list(row) for row in columns if sees(self.carrier_of(row[0]))]


def _or_none(column: Any) -> list[float | None]:
    rounded = np.round(column.astype(np.float64), 1)
    return [value if value == value else None for value in rounded.tolist()]
