"""The console's process killed under open pages, in the middle of whatever it does: nothing missed, nothing twice."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import connect_sse

from alerts.record import encode, iso
from forewarn.gateway.store import Store
from tests.broker import free_port
from tests.forewarn.console.made import alert
from tests.forewarn.gateway.gate import until

RUN = "import sys; from forewarn.cli import main; sys.argv[0] = 'forewarn'; main()"
KILLS = 3
ALERTS = 60


class Process:
    """``forewarn console`` beside the store of a gateway that stands alone."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = folder / "console.log"
        (folder / "small.toml").write_text(
            f'[gateway]\nstore = "{folder}/gateway.db"\n'
            f'[console]\nport = {self.port}\nstore = "sqlite:///{folder}/console.db"\n'
        )
        self.password = ""

    def start(self) -> None:
        """Start it, and wait until pages can be loaded."""
        begins = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            command = [sys.executable, "-c", RUN, "console", "--standalone", "--config", f"{self._folder}/small.toml"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: "the console is at" in self._log.read_text()[begins:] or self.process.poll() is not None, 120)
        if found := re.search(r"with the password (\S+)", self._log.read_text()):
            self.password = found[1]

    def end(self, how: signal.Signals) -> None:
        """End it."""
        self.process.send_signal(how)
        self.process.wait(30)


class Dispatcher(threading.Thread):
    """An open page: reads the stream, comes back after the last event that it saw, acknowledges what comes."""

    def __init__(self, address: str, cookies: httpx.Cookies, csrf: str) -> None:
        super().__init__(daemon=True)
        self._http = httpx.Client(base_url=address, cookies=cookies, headers={"X-CSRF-Token": csrf}, timeout=20)
        self.events: list[tuple[int, dict[str, Any]]] = []
        self.acknowledged: set[str] = set()
        """Alarms of which the console answered that they are."""
        self.breaks = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Until ended."""
        while not self.ended.is_set():
            try:
                self._follow()
            except httpx.TransportError:
                self.breaks += 1
            self.ended.wait(0.1)

    def _follow(self) -> None:
        headers = {"Last-Event-ID": str(self.events[-1][0] if self.events else 0)}
        with connect_sse(self._http, "GET", "/api/stream", headers=headers) as source:
            for one in source.iter_sse():
                if self.ended.is_set():
                    return
                if one.event == "alarm":
                    alarm = json.loads(one.data)["alarm"]
                    self.events.append((int(one.id), alarm))
                    # every second one is let stand
                    if alarm["state"] == "unacknowledged" and int(alarm["vehicle"][1:]) % 2 == 0:
                        self._acknowledge(alarm)

    def _acknowledge(self, alarm: dict[str, Any]) -> None:
        body = {"version": alarm["version"]}
        answer = self._http.post(f"/api/alarms/{alarm['id']}/acknowledge", json=body)
        if answer.status_code == 200:
            self.acknowledged.add(alarm["id"])


def test_killed_and_started_again_nothing_is_missed_or_told_twice(tmp_path: Path) -> None:
    """Each alarm is raised once and told once to a page that comes back; every acknowledgement answered is kept."""
    gateway, console = Store(tmp_path / "gateway.db", lambda what: what()), Process(tmp_path)

    def put(number: int) -> None:
        one = alert("fatigue", id=f"f{number}", vehicle=f"T{number}", at=iso(time.time_ns() // 1_000_000))
        gateway.write(
            ("INSERT INTO records (kind, vehicle, record) VALUES (?, ?, ?)", ("alert", one.vehicle, encode(one)))
        )

    console.start()
    try:
        http = httpx.Client(base_url=console.address, timeout=60)
        csrf = http.post("/api/login", json={"name": "admin", "password": console.password}).json()["csrf"]
        page = Dispatcher(console.address, http.cookies, csrf)
        page.start()
        for number in range(ALERTS):
            put(number)
            time.sleep(0.02)
            if number % (ALERTS // KILLS) == ALERTS // KILLS // 2:
                seen = len(page.events)
                until(lambda seen=seen: len(page.events) > seen, 60)  # it is in the middle of telling
                console.end(signal.SIGKILL)
                put(ALERTS + number)  # while it is gone
                console.start()
        until(lambda: len({alarm["id"] for _, alarm in page.events}) >= ALERTS + KILLS, 60)
        entries = [one for one in http.get("/api/journal").json()["entries"] if one["alarm_id"]]
        until(lambda: len(page.events) >= len(entries), 60)
        page.ended.set()
        alarms = http.get("/api/alarms").json()["alarms"]
    finally:
        console.end(signal.SIGTERM)
        gateway.close()
    numbers = [number for number, _ in page.events]
    assert page.breaks >= KILLS
    assert numbers == sorted(set(numbers)) and set(numbers) >= {one["number"] for one in entries}
    begun = Counter(one["vehicle"] for one in entries if one["what"] == "begin")
    assert len(begun) == ALERTS + KILLS and set(begun.values()) == {1}
    kept = {one["id"] for one in alarms if one["state"] == "acknowledged"}
    assert page.acknowledged and page.acknowledged <= kept
    assert len(alarms) == ALERTS + KILLS
