"""A gateway for tests: the real parts on a thread, or in a process that may be killed, and a terminal that talks to it.

The rules are not among them: positions go into a list, and alerts come from the test.
"""

from __future__ import annotations

import asyncio
import select
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from alerts.record import Alert, Prompt, iso
from forewarn.gateway.broker import went_on
from forewarn.gateway.clocks import now_ms
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
from forewarn.worker.logs import set_up
from ingest.jt808.codec import Decoded, decode
from ingest.jt808.frame import Framer, Header, build, parse
from ingest.jt808.terminal import Identity, Terminal, Text
from ingest.positions import PositionBatch
from ingest.vehicles import RegisteredVehicle

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[3]
TICK_S = 0.01
ALERTS = "alerts"
"""File from which the gateway of a process reads alerts, and what it calls it in its store."""


def fleet(size: int = 1, first: int = 13_800_000_001) -> list[RegisteredVehicle]:
    """Registered vehicles T1, T2, ... and their phones."""
    return [RegisteredVehicle(f"T{k + 1}", plate=f"粤B{k + 1:05d}", phone=str(first + k)) for k in range(size)]


def position(at_s: float | None = None, *, lon: float = 114.1, lat: float = 22.7, **more: Any) -> dict[str, Any]:
    """A report of a position, as the codec writes it; now where no time is given."""
    moment = datetime.fromtimestamp(time.time() if at_s is None else at_s, UTC)
    given = {
        "alarm": [],
        "status": ["acc_on", "located"],
        "latitude_deg": lat,
        "longitude_deg": lon,
        "altitude_m": 20,
        "speed_kmh": 60.0,
        "direction_deg": 90,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return given | more


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


@dataclass
class Got:
    """A frame that the terminal received."""

    header: Header
    told: Decoded

    @property
    def body(self) -> dict[str, Any]:
        return self.told.body


class Client:
    """A terminal with a socket, which answers texts as it is told."""

    def __init__(
        self,
        port: int,
        phone: str = "13800000001",
        version: int = 2013,
        *,
        tls: ssl.SSLContext | None = None,
        **more: Any,
    ) -> None:
        """``more`` is of its identity."""
        given = {"plate": f"粤B{int(phone[-5:]):05d}", **more}
        self.terminal = Terminal(Identity(phone=phone, version=version, **given))
        self.port, self._tls = port, tls
        self.got: list[Got] = []
        self.texts: list[Text] = []
        self.refused: list[str] = []
        self.closed = False
        self.result: str | None = "ok"
        """How texts are answered; None: not at all."""
        self.answers_parts = True
        self._framer = Framer()
        self.socket: Any = None

    def open(self) -> None:
        """Connect, and say nothing."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        if self._tls is not None:
            self.socket = self._tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._framer, self.closed = Framer(), False

    def login(self) -> Client:
        """Connect, register where it is new, and authenticate."""
        self.open()
        self.refused.clear()
        self.send(self.terminal.connect())
        self.until(lambda: self.terminal.logged_in or bool(self.refused) or self.closed)
        assert self.terminal.logged_in, (self.refused, self.closed)
        return self

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def say(self, number: int, body: dict[str, Any] | None = None) -> int:
        """Send a message; returns its serial number."""
        framed = self.terminal.message(number, body or {})
        first = parse(Framer().feed(framed)[0]).header
        self.send(framed)
        return first.serial - first.packet + 1

    def hear(self, seconds: float = 0.05) -> None:
        """Take in what comes within so long."""
        end = time.monotonic() + seconds
        while not self.closed:
            left = max(0.0, end - time.monotonic())
            pending = self._tls is not None and self.socket.pending()
            if not pending and not select.select([self.socket], [], [], left)[0]:
                return
            try:
                data = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError):
                data = b""
            self._take(data)

    def _take(self, data: bytes) -> None:
        if not data:
            self.closed = True
            return
        for content in self._framer.feed(data):
            frame = parse(content)
            assert frame.checksum_ok
            self.got.append(Got(frame.header, decode(frame)))
        heard = self.terminal.feed(data)
        self.texts += heard.texts
        if heard.refused is not None:
            self.refused.append(heard.refused)
        for one in self.got[len(self.got) - len(heard.texts) :] if heard.texts and self.result != "ok" else []:
            if self.result is not None and one.header.id == 0x8300:
                told = {"reply_serial": one.header.serial, "reply_id": "0x8300", "result": self.result}
                self.say(0x0001, told)
        if heard.reply and (self.result == "ok" or not heard.texts):
            try:
                self.send(heard.reply)
            except OSError:
                self.closed = True

    def until(self, what: Callable[[], object], seconds: float = 10.0) -> None:
        """Take in what comes until something holds."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, (
                f"not within {seconds} s; got {[f'0x{g.header.id:04X}' for g in self.got[-9:]]}"
            )
            self.hear(0.02)
            if self.closed:
                time.sleep(0.02)

    def answer_to(self, serial: int, number: int) -> Got | None:
        """The general answer to a message, where it has come."""
        for one in self.got:
            if one.header.id == 0x8001 and (one.body["reply_serial"], one.body["reply_id"]) == (
                serial,
                f"0x{number:04X}",
            ):
                return one
        return None

    def asked(self, number: int, body: dict[str, Any] | None = None) -> str:
        """Send a message; returns the result of its general answer."""
        serial = self.say(number, body)
        self.until(lambda: self.answer_to(serial, number))
        told = self.answer_to(serial, number)
        assert told is not None
        return str(told.body["result"])

    def spell(
        self, number: int, body: bytes, phone: str | None = None, serial: int = 9_999, packets: int = 1, **header: Any
    ) -> None:
        """Send a frame with a body as it is, of another phone where given."""
        one = self.terminal.identity
        self.send(build(Header(number, one.version, phone or one.phone, serial, packets=packets, **header), body))


def until(what: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.01)


class _Following(Gate):
    """A gateway that reads alerts from a file, a line each, and keeps where to go on with the prompts."""

    def __init__(self, folder: Path, vehicles: Sequence[RegisteredVehicle], port: int) -> None:
        given = {"listen": f"127.0.0.1:{port}", "answer_s": 1.0, "most_per_address": 10_000}
        super().__init__(folder / "gateway.db", vehicles, **given)
        self._file = (folder / ALERTS).open("rb")
        self._at: int | None = None

    def tick(self) -> None:
        """Take in the alerts that are new."""
        if self._at is None:
            rows = self.store.rows("SELECT next FROM offsets WHERE topic = ?", (ALERTS,))
            self._at = rows[0][0] if rows else 0
            self._file.seek(self._at)
        lines = self._file.readlines()
        if lines:
            self._at += sum(map(len, lines))
            alerts = [msgspec.json.decode(line, type=Alert) for line in lines]
            self.downlink.take(alerts, [went_on(ALERTS, 0, self._at)])


class Child:
    """The gateway in a process of its own, which may be killed."""

    def __init__(self, folder: Path, vehicles: int = 1) -> None:
        """Start it on a port that is free."""
        self.folder, self._vehicles = folder, vehicles
        (folder / ALERTS).touch()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", "tests.forewarn.gateway.gate", str(self.folder), str(self._vehicles)]
        self._process = subprocess.Popen([*command, str(self.port)], stdout=subprocess.PIPE, cwd=ROOT)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"listening\n"

    def kill(self) -> None:
        """End it without a word."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)

    def put(self, *alerts: Alert) -> None:
        """Let it read alerts."""
        with (self.folder / ALERTS).open("ab") as file:
            file.write(b"".join(msgspec.json.encode(one) + b"\n" for one in alerts))


def main(folder: str, vehicles: str, port: str) -> None:
    """Run the gateway of a process, until it is killed."""
    set_up("error")
    gate = _Following(Path(folder), fleet(int(vehicles)), int(port))
    gate.failed = _Fatal()
    with gate:
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        threading.Event().wait()


class _Fatal(list[BaseException]):
    """Ends the process with what failed."""

    def append(self, error: BaseException) -> None:
        sys.stderr.write(f"{error!r}\n")
        signal.raise_signal(signal.SIGABRT)


if __name__ == "__main__":
    main(*sys.argv[1:])
