"""Many open pages of the console without their browser: streams that come back as a browser's do, and a dispatcher.

Each tab reads the stream and, when it breaks, opens it again after the last event that it has seen. The dispatcher
follows one more and acknowledges each alarm some seconds after it came, as long as the console does not answer again
and again. All in one process of its own.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any, Final

import httpx
import numpy as np

RETRY_S: Final = 2.0
"""As the stream tells browsers."""
AFTER_S: Final = (20.0, 40.0)
"""The dispatcher acknowledges so long after an alarm came, drawn evenly."""
ACTED: Final = ("unacknowledged", "returned")
Session = tuple[dict[str, str], str]
"""Cookies, and the token for what acts."""


@dataclass
class Seen:
    """What one tab was told."""

    numbers: list[int] = field(default_factory=list)
    """Of the journal, in the order in which they came."""
    raised: dict[tuple[str, str], float] = field(default_factory=dict)
    """Kind and vehicle of each alarm that began, and when that came, epoch seconds."""
    resyncs: int = 0
    breaks: int = 0
    begun: int = 0
    """How often it was open."""
    positions: int = 0
    """Rows of positions."""


@dataclass
class Done:
    """What all tabs were told, and what the dispatcher did."""

    tabs: list[Seen]
    acknowledged: list[str]
    """Ids of alarms whose acknowledgement was answered as done."""
    refused: int
    acting_ms: list[float]
    """How long each took."""


class Tabs:
    """Their process; a context manager. The dispatcher's tab is the first."""

    def __init__(
        self, address: str, sessions: list[Session], count: int, after_s: tuple[float, float] = AFTER_S
    ) -> None:
        """``count`` tabs are dealt out to the sessions; the first session is the dispatcher's."""
        context = multiprocessing.get_context("spawn")
        self._told: Queue[Any] = context.Queue()
        self._end: Event = context.Event()
        args = (address, sessions, count, after_s, self._told, self._end)
        self._process = context.Process(target=_run, args=args, daemon=True)
        self._process.start()
        assert self._told.get(timeout=60) == "open"

    def __enter__(self) -> Tabs:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def end(self) -> Done:
        """Close all, and return what they saw."""
        self._end.set()
        done: Done = self._told.get(timeout=120)
        return done


def _run(*args: Any) -> None:
    asyncio.run(_Tabs(*args).run())


class _Tabs:
    def __init__(
        self,
        address: str,
        sessions: list[Session],
        count: int,
        after_s: tuple[float, float],
        told: Queue[Any],
        end: Event,
    ) -> None:
        self._address, self._sessions, self._after_s, self._told, self._end = address, sessions, after_s, told, end
        self._tabs = [Seen() for _ in range(count + 1)]
        self._newest: dict[str, dict[str, Any]] = {}
        self._acting: set[asyncio.Task[None]] = set()
        self._acknowledged: list[str] = []
        self._acting_ms: list[float] = []
        self._refused = 0
        self._rng = np.random.default_rng(11)

    async def run(self) -> None:
        """Until told to end."""
        most = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        async with httpx.AsyncClient(base_url=self._address, timeout=30, limits=most) as self._http:
            following = [asyncio.create_task(self._follow(k)) for k in range(len(self._tabs))]
            while not all(tab.begun for tab in self._tabs):
                await asyncio.sleep(0.05)
            self._told.put("open")
            while not self._end.is_set():
                await asyncio.sleep(0.2)
                for one in following:
                    if one.done():
                        one.result()
            for task in (*following, *self._acting):
                task.cancel()
            await asyncio.gather(*following, *self._acting, return_exceptions=True)
        self._told.put(Done(self._tabs, self._acknowledged, self._refused, self._acting_ms))

    async def _follow(self, number: int) -> None:
        tab = self._tabs[number]
        cookies, _ = self._sessions[number % len(self._sessions)]
        while True:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
            if tab.numbers:
                headers["Last-Event-ID"] = str(tab.numbers[-1])
            try:
                async with self._http.stream("GET", "/api/stream", headers=headers) as answer:
                    answer.raise_for_status()
                    tab.begun += 1
                    await self._read(tab, answer, dispatcher=number == 0)
            except httpx.TransportError:
                pass
            tab.breaks += 1
            await asyncio.sleep(RETRY_S)

    async def _read(self, tab: Seen, answer: httpx.Response, *, dispatcher: bool) -> None:
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("id: "):
                tab.numbers.append(int(line[4:]))
            elif line.startswith("data: "):
                if name == "alarm":
                    self._alarm(tab, json.loads(line[6:]), time.time(), dispatcher=dispatcher)
                elif name == "resync":
                    tab.resyncs += 1
                elif name == "positions":
                    tab.positions += line.count("],[") + 1

    def _alarm(self, tab: Seen, data: dict[str, Any], at: float, *, dispatcher: bool) -> None:
        alarm = data["alarm"]
        if data["entry"]["facts"].get("new"):
            tab.raised.setdefault((alarm["kind"], alarm["vehicle"]), at)
        if not dispatcher:
            return
        is_known = alarm["id"] in self._newest
        self._newest[alarm["id"]] = alarm
        if not is_known and alarm["state"] in ACTED:
            task = asyncio.create_task(self._acknowledge(alarm["id"], float(self._rng.uniform(*self._after_s))))
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)

    async def _acknowledge(self, id: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        cookies, csrf = self._sessions[0]
        headers = {"X-CSRF-Token": csrf, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        while self._newest[id]["state"] in ACTED:
            began = time.monotonic()
            try:
                body = {"version": self._newest[id]["version"]}
                answer = await self._http.post(f"/api/alarms/{id}/acknowledge", json=body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(1)
                continue
            if answer.status_code == 200:
                self._acting_ms.append((time.monotonic() - began) * 1000)
                self._acknowledged.append(id)
                return
            self._refused += 1
            if answer.status_code == 409:
                self._newest[id] = max(answer.json()["alarm"], self._newest[id], key=lambda one: one["version"])
            else:
                await asyncio.sleep(1)
