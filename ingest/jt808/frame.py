"""JT/T 808 framing without I/O: bytes in, frames and remainder out; and frames built.

    7E | header | body | checksum | 7E          big-endian

The checksum is the XOR of all bytes from header to body. Then 7D becomes 7D 01 and 7E becomes 7D 02; whoever receives
undoes that first. The header:

    WORD   message id
    WORD   attributes: bits 0-9 length of the body, 10-12 encryption, 13 sub-packet, 14 version flag
    BYTE   protocol version         only with bit 14 (2019)
    BCD    phone number             6 bytes; 10 with bit 14
    WORD   serial number
    WORD   total of packets         only with bit 13
    WORD   number of the packet     only with bit 13, from 1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import xor
from typing import Final, NamedTuple

from ingest.jt808.errors import FrameError

LONGEST_BODY: Final = 1023
"""Bytes: the length has ten bits."""
LONGEST_FRAME: Final = 2 * (21 + LONGEST_BODY + 1)
"""Bytes between two marks, each of them escaped: whatever is longer is no frame."""
LEAST_FRAME: Final = 13
"""Bytes of a frame without a body, marks and escapes aside."""
SUB_PACKET: Final = 1 << 13
VERSIONED: Final = 1 << 14
ENCRYPTION_SHIFT: Final = 10
VERSIONS: Final = (2011, 2013, 2019)
"""Of the standard. The header tells 2019 from the others, which the length of some bodies tells apart."""


class Header(NamedTuple):
    """What stands before a body."""

    id: int
    """Message id, such as 0x0200."""
    version: int
    """2013 (or 2011, which has the same header) or 2019."""
    phone: str
    """Number of the terminal, 12 or 20 digits, as it stands in the frame; letters where it is not BCD."""
    serial: int
    encryption: int = 0
    """0 none, 1 RSA; a body that is encrypted cannot be read here."""
    packets: int = 1
    """Packets of which the message is made; 1 where it is whole."""
    packet: int = 1
    """Which of them, from 1."""
    protocol_version: int = 1
    """Of 2019; counts the revisions of the standard."""


class Frame(NamedTuple):
    """One frame as it was received."""

    header: Header
    body: bytes
    checksum_ok: bool


class Escaping(NamedTuple):
    """How a frame is marked off, and what stands for the mark within it."""

    mark: bytes
    pairs: tuple[tuple[bytes, bytes], ...]
    """What is written in place of which byte, in the order in which it is undone."""

    def undone(self, content: bytes) -> bytes:
        """Return what was escaped. An escape byte before anything else stays: some terminals do not escape it."""
        for written, meant in self.pairs:
            if written[:1] in content:
                content = content.replace(written, meant)
        return content

    def done(self, content: bytes) -> bytes:
        """Return the content escaped."""
        for written, meant in reversed(self.pairs):
            content = content.replace(meant, written)
        return content


STANDARD: Final = Escaping(b"\x7e", ((b"\x7d\x02", b"\x7e"), (b"\x7d\x01", b"\x7d")))
OTHER: Final = Escaping(
    b"\xe7", ((b"\x3e\x02", b"\x3d"), (b"\x3e\x01", b"\x3e"), (b"\xe6\x02", b"\xe7"), (b"\xe6\x01", b"\xe6"))
)
"""A variant seen with some terminals: a stream that begins with E7."""


class Framer:
    """Cuts a stream of bytes into frames; keeps what is not finished yet."""

    def __init__(self, longest: int = LONGEST_FRAME) -> None:
        """``longest`` is the most bytes between two marks."""
        self._longest = longest
        self._rest = bytearray()
        self._marked = False
        self.escaping: Escaping | None = None
        """How this stream is escaped; None before its first byte."""
        self.dropped: Counter[str] = Counter()
        """Bytes that belong to no frame, by reason: ``junk`` before a first mark, ``too_long``."""

    @property
    def pending(self) -> int:
        """Bytes that wait for the end of their frame."""
        return len(self._rest)

    def feed(self, data: bytes) -> Sequence[bytes]:
        """Take bytes in; return the contents of the frames that are complete, without marks and escapes."""
        if self.escaping is None and data:
            self.escaping = OTHER if data.startswith(OTHER.mark) else STANDARD
        escaping = self.escaping or STANDARD
        if escaping.mark not in data:
            self._keep(data)
            return ()
        *whole, rest = (bytes(self._rest) + data).split(escaping.mark)
        self._rest.clear()
        if not self._marked:
            self._marked = True
            self._drop("junk", whole.pop(0))
        found = []
        for content in whole:
            if len(content) > self._longest:
                self._drop("too_long", content)
            elif content:
                found.append(escaping.undone(content))
        self._keep(rest)
        return found

    def _keep(self, data: bytes) -> None:
        if not self._marked:
            self._drop("junk", data)
            return
        self._rest += data
        if len(self._rest) > self._longest:
            self._drop("too_long", self._rest)
            self._rest.clear()
            self._marked = False

    def _drop(self, reason: str, data: bytes | bytearray) -> None:
        if data:
            self.dropped[reason] += len(data)


def checksum(data: bytes) -> int:
    """Return the XOR of all bytes."""
    return reduce(xor, data, 0)


def told_length(raw: bytes) -> int:
    """Return how many bytes, without marks and escapes, a frame has by its first four; raises FrameError for fewer."""
    if len(raw) < 4:
        raise FrameError("too_short", f"{len(raw)} bytes where a frame has {LEAST_FRAME} at least")
    attributes = raw[2] << 8 | raw[3]
    header = (17 if attributes & VERSIONED else 12) + (4 if attributes & SUB_PACKET else 0)
    return header + (attributes & LONGEST_BODY) + 1


def parse(raw: bytes, *, any_length: bool = False) -> Frame:
    """Return the frame that bytes without marks and escapes is; raises FrameError where its length tells otherwise.

    A wrong checksum is told by the frame and no error: what is in it may still help to find out why. For the same
    purpose ``any_length`` takes whatever stands there for the body, whatever the header tells of its length.
    """
    if len(raw) < LEAST_FRAME:
        raise FrameError("too_short", f"{len(raw)} bytes where a frame has {LEAST_FRAME} at least")
    attributes = raw[2] << 8 | raw[3]
    divided = bool(attributes & SUB_PACKET)
    length = attributes & LONGEST_BODY
    tail = 2 + (4 if divided else 0)
    # some terminals of 2013 set the flag all the same: their frames are short by what 2019 has more
    versioned = bool(attributes & VERSIONED) and len(raw) != 10 + tail + length + 1
    at = 5 if versioned else 4
    digits = 10 if versioned else 6
    start = at + digits + tail
    if len(raw) <= start or (len(raw) != start + length + 1 and not any_length):
        raise FrameError(
            "bad_length", f"the header tells of a body of {length} bytes, and there are {max(0, len(raw) - start - 1)}"
        )
    packets, packet = 1, 1
    if divided:
        packets, packet = raw[start - 4] << 8 | raw[start - 3], raw[start - 2] << 8 | raw[start - 1]
    header = Header(
        raw[0] << 8 | raw[1],
        2019 if versioned else 2013,
        raw[at : at + digits].hex().upper(),
        raw[at + digits] << 8 | raw[at + digits + 1],
        attributes >> ENCRYPTION_SHIFT & 7,
        packets,
        packet,
        raw[4] if versioned else 1,
    )
    return Frame(header, raw[start:-1], checksum(raw) == 0)


def build(header: Header, body: bytes, escaping: Escaping = STANDARD) -> bytes:
    """Return the bytes of a frame, marks included; raises FrameError for a body or phone number that is too long."""
    if len(body) > LONGEST_BODY:
        raise FrameError("too_long", f"a body of {len(body)} bytes where a frame holds {LONGEST_BODY}")
    versioned = header.version >= 2019
    digits = 20 if versioned else 12
    if len(header.phone) > digits or not header.phone.isalnum():
        raise FrameError("bad_phone", f"'{header.phone[:40]}' is no number of up to {digits} digits")
    try:
        phone = bytes.fromhex(header.phone.rjust(digits, "0"))
    except ValueError as error:
        raise FrameError("bad_phone", f"'{header.phone[:40]}' is no number of up to {digits} digits") from error
    divided = header.packets > 1
    attributes = (
        len(body)
        | header.encryption << ENCRYPTION_SHIFT
        | (SUB_PACKET if divided else 0)
        | (VERSIONED if versioned else 0)
    )
    raw = b"".join(
        (
            header.id.to_bytes(2, "big"),
            attributes.to_bytes(2, "big"),
            bytes((header.protocol_version,)) if versioned else b"",
            phone,
            header.serial.to_bytes(2, "big"),
            header.packets.to_bytes(2, "big") + header.packet.to_bytes(2, "big") if divided else b"",
            body,
        )
    )
    return escaping.mark + escaping.done(raw + bytes((checksum(raw),))) + escaping.mark


def divide(header: Header, body: bytes, escaping: Escaping = STANDARD, most: int = LONGEST_BODY) -> Iterator[bytes]:
    """Yield the frames of a message: one, or sub-packets with serial numbers that follow each other.

    Raises FrameError for what does not fit into 65,535 packets.
    """
    packets = max(1, -(-len(body) // most))
    if packets > 0xFFFF:
        raise FrameError("too_long", f"a body of {len(body)} bytes")
    for k in range(packets):
        part = header._replace(serial=header.serial + k & 0xFFFF, packets=packets, packet=k + 1)
        yield build(part, body[k * most : (k + 1) * most], escaping)
