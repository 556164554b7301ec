"""Another platform for tests: a link of JT/T 809 on sockets of its own, on a thread."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from typing import Any

from forewarn.wall_clock import now_ms
from ingest.jt809.link import Link
from ingest.jt809.outputs import Channel, Close, Dial, Output, Send, Told
from ingest.jt809.positions import Positions
from ingest.jt809.settings import Settings


class Peer:
    """The other side; it answers every text."""

    def __init__(self, settings: Settings, port: int = 0, result: str = "ok") -> None:
        """``port`` is where the upper platform listens, for a lower one; ``result`` is how texts are answered."""
        self.positions = Positions(lambda _: None)
        self.link = Link(settings, self.positions)
        self.told: list[Output] = []
        self._port, self._result = port, result
        self._selector = selectors.DefaultSelector()
        self._sockets: dict[Channel, socket.socket] = {}
        self._listening: dict[socket.socket, Channel] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def listen(self, channel: Channel, port: int = 0) -> int:
        """Await a connection; returns the port."""
        server = socket.create_server(("127.0.0.1", port))
        self._listening[server] = channel
        self._selector.register(server, selectors.EVENT_READ)
        return int(server.getsockname()[1])

    def __enter__(self) -> Peer:
        """Begin."""
        self.link.start(now_ms())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up without a word."""
        self._ended.set()
        self._thread.join(10)
        for one in (*self._sockets.values(), *self._listening):
            one.close()

    def send(self, told: dict[str, Any]) -> None:
        """Send a message."""
        with self._lock:
            assert self.link.send(told, now_ms()) is not None

    def cut(self) -> None:
        """Lose all connections, as a network does."""
        with self._lock:
            for channel in list(self._sockets):
                self._drop(channel)
                self.link.lost(channel, now_ms())

    @property
    def ready(self) -> bool:
        """Tell whether messages can be sent."""
        return self.link.ready

    def heard(self, name: str) -> list[Told]:
        """The messages of a name that came."""
        return [one for one in self.told if isinstance(one, Told) and one.name == name]

    def _run(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.02):
                with self._lock:
                    self._read(key.fileobj)  # type: ignore[arg-type]
            with self._lock:
                self._work()

    def _read(self, end: socket.socket) -> None:
        if end in self._listening:
            self._attach(self._listening[end], end.accept()[0])
            return
        channel = next(name for name, one in self._sockets.items() if one is end)
        try:
            data = end.recv(65536)
        except OSError:
            data = b""
        if data:
            self.link.received(channel, data, now_ms())
        else:
            self._drop(channel)
            self.link.lost(channel, now_ms())

    def _attach(self, channel: Channel, end: socket.socket) -> None:
        self._sockets[channel] = end
        self._selector.register(end, selectors.EVENT_READ)
        self.link.connected(channel, now_ms())

    def _drop(self, channel: Channel) -> None:
        end = self._sockets.pop(channel)
        self._selector.unregister(end)
        end.close()

    def _work(self) -> None:
        self.link.tick(now_ms())
        while outputs := self.link.take():
            for output in outputs:
                self._do(output)

    def _do(self, output: Output) -> None:
        if isinstance(output, Send):
            if output.channel in self._sockets:
                self._sockets[output.channel].sendall(output.data)
        elif isinstance(output, Close):
            if output.channel in self._sockets:
                self._drop(output.channel)
        elif isinstance(output, Dial):
            where = (output.address or "127.0.0.1", output.port or self._port)
            try:
                self._attach(output.channel, socket.create_connection(where, timeout=5))
            except OSError:
                self.link.lost(output.channel, now_ms())
        else:
            self.told.append(output)
            if isinstance(output, Told) and output.name == "text":
                self._answer(output)

    def _answer(self, text: Told) -> None:
        told = {"sub_id": "0x1503", "plate": text.body["plate"], "plate_colour": text.body["plate_colour"]}
        if self.link.settings.version < 2019:
            told |= {"sequence": text.body["sequence"]}
        else:
            told |= {"source_id": "0x9503", "source_serial": text.serial}
        self.link.send({**told, "result": self._result}, now_ms())


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def moment(seconds: float) -> str:
    """Return a time as positions have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
