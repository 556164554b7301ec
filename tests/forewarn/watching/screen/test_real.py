"""The full screen over a real topic of a real broker, and the whole command in a real terminal."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.record import Alert, encode
from forewarn.watching.topic import AlertsTopic
from forewarn.watching.wanted import Wanted
from tests.broker import Broker
from tests.forewarn.watching.scene import ALERT
from tests.forewarn.watching.screen.shown import SMALL, shown
from tests.forewarn.watching.test_wanted import NOTHING
from tests.forewarn.worker.stream import ENVIRONMENT, RUN, Stream


def put(stream: Stream, *alerts: Alert) -> None:
    """Write alerts to the topic."""
    stream.put("alerts", [(alert.vehicle.encode(), encode(alert)) for alert in alerts])


def test_alerts_of_a_topic_come_to_the_screen(own_broker: Broker, tmp_path: Path) -> None:
    """An alert, its end, what is no alert, and a broker that goes and comes back."""
    stream = Stream(own_broker.bootstrap, tmp_path)
    stream.put("vehicles", [(b"B1", b'{"vehicle": "B1", "carrier": "Harbour Haulage"}')])
    put(stream, replace(ALERT, id="before", vehicle="B0"))
    topic = AlertsTopic(stream.connection, stream.config().topics, Wanted(NOTHING), carriers=True)

    async def watched() -> None:
        async with shown(topic) as screen:
            began_ms = screen.app._link.answered_ms
            await screen.until(lambda: screen.app._link.answered_ms > began_ms)  # the end of the topic is known
            put(stream, replace(ALERT, vehicle="B1"))
            await screen.until_seen("B1")
            assert "Harbour Haulage" in screen.text and "B0" not in screen.text
            put(stream, replace(ALERT, vehicle="B1", seq=1, state="cleared", reason="left", prompt=None))
            await screen.until_seen("✓ cleared")
            stream.put("alerts", [(b"B1", b"[1, 2")])
            await screen.until_seen("records not read: 1")
            assert f"{stream.topic('alerts')}[" in screen.text
            own_broker.stop(signal.SIGKILL)
            await screen.until_seen("the broker does not answer since", 30)
            own_broker.start()
            await screen.until_seen("✓ connected", 60)
            put(stream, replace(ALERT, id="after", vehicle="B2"))
            await screen.until_seen("B2", 60)
            await screen.press("q")

    asyncio.run(watched())


class Terminal:
    """The command in a terminal of its own."""

    def __init__(self, *words: str | Path) -> None:
        """Start it."""
        self._ours, theirs = pty.openpty()
        lines, columns = SMALL[1], SMALL[0]
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self._theirs = theirs
        environment = {**ENVIRONMENT, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        environment.pop("LC_ALL", None)
        command = [sys.executable, "-c", RUN, "watch", *map(str, words)]
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        self.said = b""

    @property
    def after(self) -> list[object]:
        """How the terminal is set now."""
        return termios.tcgetattr(self._theirs)

    def until(self, word: str, seconds: float = 90.0) -> None:
        """Read until it has written a word."""
        end = time.monotonic() + seconds
        while word.encode() not in self.said:
            assert time.monotonic() < end, self.said[-2_000:]
            if select.select([self._ours], [], [], 0.2)[0]:
                self.said += os.read(self._ours, 65_536)

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self._ours, key.encode())

    def tell(self, what: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(what)

    def ended(self, seconds: float = 30.0) -> int:
        """Wait for its end; returns the exit code."""
        end = time.monotonic() + seconds
        while self._process.poll() is None:
            assert time.monotonic() < end
            if select.select([self._ours], [], [], 0.1)[0]:
                self.said += os.read(self._ours, 65_536)
        return self._process.returncode

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)
        os.close(self._theirs)


@pytest.fixture
def terminal(kafka: str, tmp_path: Path) -> Iterator[Terminal]:
    """The command over a topic with one alert and one record that is none."""
    stream = Stream(kafka, tmp_path)
    put(stream, replace(ALERT, vehicle="SIM-00001"))
    stream.put("alerts", [(b"B1", b"[1, 2")])
    one = Terminal("--full-screen", "--from-beginning", "--config", stream.file())
    yield one
    one.close()


def test_it_runs_in_a_terminal_and_leaves_it_as_it_was(terminal: Terminal) -> None:
    """The alternate screen is left, the modes are as before, and the exit code tells of the record that is none."""
    terminal.until("SIM-00001")
    terminal.until("not read: 1")
    assert terminal.after != terminal.before and b"\x1b[?1049h" in terminal.said
    terminal.press("q")
    assert terminal.ended() == 1
    assert terminal.after == terminal.before and b"\x1b[?1049l" in terminal.said


def test_a_sigterm_leaves_the_terminal_in_order(terminal: Terminal) -> None:
    """With the exit code that every command has then."""
    terminal.until("SIM-00001")
    terminal.tell(signal.SIGTERM)
    assert terminal.ended() == 143
    assert terminal.after == terminal.before and b"\x1b[?1049l" in terminal.said
