"""Sessions as bytes, recorded and played again: what came from whom, in its order.

``python -m tests.forewarn.gateway.recorded`` records them anew, one file a version. A file is a row of pieces: BYTE who
(T the terminal, G the gateway, S a sentence that the gateway is to send), WORD length, bytes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from forewarn.wall_clock import now_ms
from ingest.jt808.codec import decode
from ingest.jt808.frame import Frame, Framer, Header, build, parse
from tests.forewarn.gateway.client import Client, position
from tests.forewarn.gateway.gate import Gate, an_alert, fleet

FOLDER = Path(__file__).parent
VERSIONS = (2011, 2013, 2019)
SENTENCES = ("前方匝道，请减速", "~}村庄路段，注意行人")
CARD = {
    "status": "inserted", "time": "2026-05-28T20:26:40Z", "result": "ok", "driver_name": "张伟",
    "certificate": "4403001985", "issuer": "深圳", "expiry": "2030-01-01", "identity_card": "440301198501011234",
    "face_match": None, "driver_uid": None,
}  # fmt: skip
BEGUN_S = 1_780_000_000


def path(version: int) -> Path:
    """Where the session of a version is."""
    return FOLDER / f"session-{version}.bin"


def pieces(content: bytes) -> list[tuple[str, bytes]]:
    """What a file holds."""
    found, at = [], 0
    while at < len(content):
        end = at + 3 + int.from_bytes(content[at + 1 : at + 3], "big")
        found.append((chr(content[at]), content[at + 3 : end]))
        at = end
    return found


def frames(data: bytes) -> list[Frame]:
    """The frames in bytes."""
    return [parse(content) for content in Framer().feed(data)]


class Recorder(Client):
    """A terminal whose bytes are written down, both ways."""

    def open(self) -> None:
        """Begin to write."""
        super().open()
        self.written: list[tuple[str, bytes]] = []

    def send(self, data: bytes) -> None:
        """Send bytes, and note them."""
        self.written.append(("T", data))
        super().send(data)

    def _take(self, data: bytes) -> None:
        if data:
            self.written.append(("G", data))
        super()._take(data)


def record(version: int, gate: Gate) -> bytes:
    """Let a terminal do all that it can, one after the other; returns what was said."""
    client = Recorder(gate.port, version=version).login()
    client.asked(0x0002)
    for k in range(3):
        client.send(client.terminal.report(position(BEGUN_S + 10 * k, lon=114.1 + k / 1000)))
        client.until(lambda: client.terminal.unanswered == 0)
    held = [position(BEGUN_S - 600 + 10 * k, lat=22.7 + k / 1000) for k in range(40)]
    first = client.say(0x0704, {"type": "blind_area", "locations": held})
    client.until(lambda: client.answer_to(first, 0x0704) and client.answer_to(first + 1, 0x0704))
    client.asked(0x0702, CARD)
    client.asked(0x0201, {"reply_serial": 1, "location": position(BEGUN_S + 60)})
    client.say(0x0004)
    client.until(lambda: client.got[-1].header.id == 0x8004)
    for k, text in enumerate(SENTENCES):
        client.written.append(("S", text.encode()))
        say(gate, k, text)
        client.until(lambda: len(client.texts) > k)  # noqa: B023  # called at once
        client.hear(0.1)
    client.spell(0x0F01, b"whatever")
    client.until(lambda: client.answer_to(9_999, 0x0F01))
    client.spell(0x0704, b"\0\2\1\0\x1c" + bytes(28))
    client.until(lambda: client.answer_to(9_999, 0x0704))
    client.asked(0x0003)
    client.until(lambda: client.closed)
    return b"".join(who.encode() + len(data).to_bytes(2, "big") + data for who, data in client.written)


def say(gate: Gate, number: int, text: str) -> None:
    """Let the gateway send a sentence that is due now, by the terminal's clock, which stands where it was recorded."""
    offset_ms = gate.uplink.clocks.offset_ms(gate.uplink.names.vehicles.known("T1"))
    gate.take(an_alert(f"s{number}", text=text, at_ms=now_ms() - offset_ms))


def told(frame: Frame) -> tuple[Header, dict[str, Any]]:
    """What a frame says, but for codes and the time of now."""
    body = dict(decode(frame).body)
    for name in ("authentication_code", "time"):
        if isinstance(body.get(name), str) and frame.header.id in (0x8100, 0x8004):
            body[name] = "?" * len(body[name])
    return frame.header, body


def with_code(data: bytes, code: str) -> bytes:
    """The terminal's bytes with the code that it was given now."""
    (frame,) = frames(data)
    body = bytearray(frame.body)
    at = 1 if frame.header.version == 2019 else 0
    body[at : at + len(code)] = code.encode()
    return build(frame.header, bytes(body))


def main() -> None:
    """Record all versions."""
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder, Gate(Path(folder) / "gateway.db", fleet(1)) as gate:
            path(version).write_bytes(record(version, gate))


if __name__ == "__main__":
    main()
