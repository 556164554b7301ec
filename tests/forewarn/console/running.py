"""A console that runs, for tests: the real server over a real store, on a thread; what comes in comes from the test."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, connect_sse
from msgspec.structs import replace

from forewarn.console.incoming import Incoming
from forewarn.console.intake import DAY_MS, Intake
from forewarn.console.people import accounts, passwords
from forewarn.console.segments.outlets import Outlet, ToFile, ToNowhere
from forewarn.console.serving import Serving
from forewarn.console.starting import Started
from forewarn.wall_clock import now_ms
from forewarn.worker.config import Config
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.console.made import ms
from tests.forewarn.console.segments import small
from tests.forewarn.gateway.gate import until

PASSWORD = "correct horse battery"  # noqa: S105  # of the tests' accounts
VEHICLES = {
    name: RegisteredVehicle(name, carrier=carrier)
    for name, carrier in (("N1", "north"), ("S1", "south"), ("N/2 %2F", "north"))
}
NOW_MS = ms(60)
"""When it is for alarms: a minute after the records of ``made``. Sessions go by the wall's clock."""
PEOPLE = {
    "chief": ("admin", None),
    "editor": ("editor", None),
    "duty": ("dispatcher", None),
    "north": ("dispatcher", "north"),
    "guest": ("viewer", None),
}
"""Accounts: role and carrier."""


@cache
def hashed() -> str:
    """The hash of the password, which takes its time."""
    return passwords.hashed(PASSWORD, "anybody")


class Given:
    """A feed that takes in what the test puts, and tells when that is done."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[Incoming, threading.Event] | None] = queue.Queue()

    def put(self, incoming: Incoming) -> None:
        """Take in, and wait until it is kept."""
        done = threading.Event()
        self._waiting.put((incoming, done))
        assert done.wait(20)

    def run(self, intake: Intake) -> None:
        """Hand over what comes."""
        while (found := self._waiting.get()) is not None:
            intake.take(found[0], NOW_MS)
            found[1].set()

    def end(self) -> None:
        """End."""
        self._waiting.put(None)


class Running:
    """One console on a thread; a context manager. It may be started anew over the same store."""

    def __init__(self, store_url: str, **settings: Any) -> None:
        config = Config()
        given = {"store": store_url, "port": 0, **settings}
        self.config = replace(config, console=replace(config.console, **given))
        self.address = ""
        self.outlet: Outlet = ToNowhere("a test")
        self.failed: BaseException | None = None

    def __enter__(self) -> Running:
        self.feed = Given()
        self._started = Started(self.config)
        self.console = self._started.console
        self.console.register = VEHICLES
        self._accounts()
        self.console.now_ms = lambda: NOW_MS
        self.console.judged_by(self.console.segments, self.outlet, "the tests'", NOW_MS - 2 * DAY_MS)
        self.console.intake.begin(NOW_MS)
        ready = threading.Event()

        def told(address: str) -> None:
            self.address = address
            ready.set()

        self._serving = Serving(self.console, self.feed, told)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert ready.wait(20), self.failed
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._started.__exit__()
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        try:
            self._serving.run()
        except BaseException as error:  # noqa: BLE001  # raised at the end
            self.failed = error

    def _accounts(self) -> None:
        with self.console.store.begin() as c:
            for name, (role, carrier) in PEOPLE.items():
                if accounts.find(c, name) is None:
                    accounts.make(c, name, role, at_ms=now_ms(), password_hash=hashed(), carrier=carrier)

    def raised(self, *incoming: Any) -> None:
        """Take in alerts."""
        self.feed.put(Incoming(list(incoming)))


def over_small(store_url: str, path: Path) -> Running:
    """A console over the small segment file, written to this path, in which versions are put in force."""
    path.write_bytes(small.content())
    running = Running(store_url, segments=str(path))
    running.outlet = ToFile(path)
    return running


class Browser:
    """Somebody's requests, with their cookie and token."""

    def __init__(self, running: Running, name: str | None = "duty") -> None:
        """Logged in under a name, or not at all."""
        self.http = httpx.Client(base_url=running.address, timeout=20)
        self.csrf = ""
        if name is not None:
            answer = self.http.post("/api/login", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self.csrf = answer.json()["csrf"]

    def get(self, path: str) -> httpx.Response:
        """Ask."""
        return self.http.get(path)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Post JSON with the token."""
        return self.http.post(path, json=body, headers={"X-CSRF-Token": self.csrf})

    def alarms(self) -> list[dict[str, Any]]:
        """The open alarms."""
        answer = self.get("/api/alarms")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["alarms"]
        return found

    @contextmanager
    def stream(self, after: int | None = None) -> Iterator[Stream]:
        """The stream of events, from now or after an entry."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        with (
            httpx.Client(base_url=self.http.base_url, cookies=self.http.cookies, timeout=20) as http,
            connect_sse(http, "GET", "/api/stream", headers=headers) as source,
        ):
            stream = Stream(source.iter_sse() if source.response.status_code == 200 else iter(()))
            stream.status = source.response.status_code
            yield stream


class Stream:
    """Events as they come, read on a thread."""

    def __init__(self, events: Iterator[ServerSentEvent]) -> None:
        self.status = 0
        self.closed = False
        self.got: list[ServerSentEvent] = []
        self._thread = threading.Thread(target=self._read, args=(events,), daemon=True)
        self._thread.start()

    def _read(self, events: Iterator[ServerSentEvent]) -> None:
        with suppress(httpx.HTTPError):
            for one in events:
                self.got.append(one)
        self.closed = True

    def alarms(self) -> list[tuple[int, str, str]]:
        """Number, vehicle and what happened, of the events of alarms."""
        return [
            (int(one.id), data["alarm"]["vehicle"], data["entry"]["what"])
            for one in list(self.got)
            if one.event == "alarm" and (data := json.loads(one.data))
        ]

    def until(self, count: int) -> list[tuple[int, str, str]]:
        """Wait for so many events of alarms."""
        until(lambda: len(self.alarms()) >= count, 20)
        return self.alarms()
