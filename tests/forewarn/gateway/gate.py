"""A gateway for tests: the real parts on a thread.

The rules are not among them: positions go into a list, and alerts come from the test.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from alerts.record import Alert, Prompt, iso
from forewarn.gateway.downlink import Downlink
from forewarn.gateway.hub import Hub
from forewarn.gateway.listener import Listener
from forewarn.gateway.outbox import Outbox
from forewarn.gateway.platforms.ports import Ports
from forewarn.gateway.platforms.settings import Platform
from forewarn.gateway.settings import Gateway
from forewarn.gateway.store import Statement, Store
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.uplink import Uplink
from forewarn.records import Outcome
from forewarn.wall_clock import now_ms
from ingest.positions import PositionBatch
from ingest.vehicles import RegisteredVehicle

T = TypeVar("T")
TICK_S = 0.01


def fleet(size: int = 1, first: int = 13_800_000_001) -> list[RegisteredVehicle]:
    """Registered vehicles T1, T2, ... and their phones."""
    return [RegisteredVehicle(f"T{k + 1}", plate=f"粤B{k + 1:05d}", phone=str(first + k)) for k in range(size)]


def an_alert(
    id: str,
    seq: int = 0,
    *,
    vehicle: str = "T1",
    state: str = "raised",
    text: str | None = "前方匝道，请减速",
    due_s: float = 0.0,
    lasts_s: float = 20.0,
    priority: int = 2,
    at_ms: int | None = None,
) -> Alert:
    """An alert whose sentence is due so many seconds from now, or ``at_ms``; without one where ``text`` is None."""
    due_ms = (now_ms() if at_ms is None else at_ms) + round(due_s * 1000)
    prompt = Prompt("plain", text or "", "zh", priority, iso(due_ms), iso(due_ms + round(lasts_s * 1000)))
    return Alert(
        id=id, seq=seq, vehicle=vehicle, driver=None, kind="approach", state=state, reason=None, at=iso(now_ms()),
        lon=114.1, lat=22.7, speed_kmh=60.0, heading_deg=90.0, limit_kmh=40.0, segment=None, ahead_m=300.0,
        branch_ahead_m=None, severity="minor", retrospective=False, started_at=iso(now_ms()), ended_at=None,
        worst=None, prompt=None if text is None else prompt,
    )  # fmt: skip


class Kept:
    """Where positions go: kept at once, or when the test says so."""

    def __init__(self) -> None:
        self.batches: list[PositionBatch] = []
        self.waiting = 0
        self.holds = False
        self._held: list[tuple[int, Callable[[bool], None]]] = []

    def send(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:
        """Take positions."""
        self.batches.append(batch)
        self.waiting += len(batch)
        self._held.append((len(batch), done))
        if not self.holds:
            self.release(True)

    def release(self, kept: bool) -> None:
        """Tell that what is held is kept, or is not."""
        held, self._held = self._held, []
        for size, done in held:
            self.waiting -= size
            done(kept)

    def rows(self) -> list[dict[str, Any]]:
        """All positions, each with its vehicle, driver and figures."""
        return [
            {
                "vehicle": batch.vehicles[batch.vehicle[k]],
                "driver": batch.drivers[batch.driver[k]] if batch.driver[k] >= 0 else None,
                **{n: getattr(batch, n)[k].item() for n in ("time_ms", "lon", "lat", "valid", "history")},
            }
            for batch in self.batches
            for k in range(len(batch))
        ]


class Gate:
    """The gateway on a thread."""

    def __init__(
        self,
        store: Path,
        vehicles: Sequence[RegisteredVehicle] = (),
        platforms: Sequence[Platform] = (),
        **settings: Any,
    ) -> None:
        given = {"listen": "127.0.0.1:0", "store": str(store), "answer_s": 2.0, **settings}
        self.settings = Gateway(**given)
        self.vehicles = list(vehicles) or fleet()
        self.platforms = platforms
        self.sink = Kept()
        self.failed: list[BaseException] = []
        self.ready = threading.Event()
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Gate:
        self._thread.start()
        assert self.ready.wait(20)
        if self.failed:
            raise self.failed[0]
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End in order."""
        self._told.set()
        self._thread.join(20)
        assert not self._thread.is_alive()
        assert not self.failed

    def _run(self) -> None:
        try:
            asyncio.run(self.serve())
        except BaseException as error:  # noqa: BLE001  # raised by whoever waits
            self.failed.append(error)
        self.ready.set()

    async def serve(self, port: int = 0) -> None:
        """Serve until told to end."""
        self.loop = loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: self.failed.append(told.get("exception") or RuntimeError(str(told))))
        self.store = store = Store(Path(self.settings.store), loop.call_soon_threadsafe, self.failed.append)
        terminals = Terminals(store, self.settings.name, [one.name for one in self.platforms])
        terminals.know(self.vehicles)
        self.uplink = Uplink(self.sink, self.settings.most_waiting)
        self.outbox = Outbox(store, self.settings.name)
        self.downlink = Downlink(self.outbox, terminals, self.uplink, self.settings.answer_s, now_ms)
        self.hub = Hub(terminals, self.uplink, self.downlink)
        self.downlink.take_up()
        self.listener = Listener(self.hub, self.settings)
        await self.listener.open()
        self.port = self.listener.port
        self.ports = Ports(self.platforms, self.hub)
        await self.ports.open()
        self.ready.set()
        while not self._told.is_set():
            await asyncio.sleep(TICK_S)
            self.downlink.turn(now_ms())
            self.uplink.flush()
            self.tick()
        await self.ports.close()
        await self.listener.close()
        await loop.run_in_executor(None, store.close)

    def tick(self) -> None:
        """Do what a test wants to be done all the time."""

    def call(self, what: Callable[[], T]) -> T:
        """Call a function on the gateway's thread; returns what it returns."""

        async def called() -> T:
            return what()

        return asyncio.run_coroutine_threadsafe(called(), self.loop).result(20)

    def take(self, *alerts: Alert, more: Sequence[Statement] = ()) -> None:
        """Take in alerts, and wait until they are on disk."""
        kept = threading.Event()
        self.call(lambda: self.downlink.take(alerts, more, kept.set))
        assert kept.wait(20)

    def count(self, kind: str, reason: str) -> int:
        """What the hub has counted."""
        return self.hub.counts[kind, reason]

    def outcomes(self) -> dict[tuple[str, int], Outcome]:
        """The outcomes that are on disk."""
        return outcomes_of(Path(self.settings.store))


def outcomes_of(store: Path) -> dict[tuple[str, int], Outcome]:
    """The outcomes in a store; there is one for a prompt at most."""
    with sqlite3.connect(store) as connection:
        rows = [msgspec.json.decode(r, type=Outcome) for (r,) in connection.execute("SELECT record FROM outcomes")]
    connection.close()
    found = {(one.alert_id, one.seq): one for one in rows}
    assert len(found) == len(rows)
    return found


def until(what: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.01)


def came_of(gate: Gate, id: str, seq: int = 0) -> Outcome:
    """The outcome of a prompt, once it has one."""
    until(lambda: (id, seq) in gate.outcomes())
    return gate.outcomes()[id, seq]


def told(outcome: Outcome) -> tuple[str, str | None]:
    """Outcome and reason."""
    return outcome.outcome, outcome.reason
