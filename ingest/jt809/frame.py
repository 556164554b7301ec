"""JT/T 809 framing without I/O: bytes in, frames and remainder out; and frames built.

    5B | header | body | CRC | 5D          big-endian

The CRC is CRC-16/CCITT-FALSE (polynomial 1021, initial value FFFF) of header and body as they are before they are
escaped. Then, everywhere between the marks, 5B becomes 5A 01, 5A becomes 5A 02, 5D becomes 5E 01 and 5E becomes 5E 02.
The header:

    DWORD    length of the whole frame, marks included, before it is escaped
    DWORD    serial number
    WORD     message id
    DWORD    access code of the lower platform (centre id)
    BYTE[3]  version of the protocol, such as 1.2.15
    BYTE     encryption of the body: 1 with the cipher
    DWORD    key
    8 bytes  UTC time of sending, seconds                     only 2019

Nothing says which of the two it is: version bytes are 0.0.0 or 1.0.0 in either. Both sides agree on it; ``tell`` reads
it from whether a time stands where the body of 2011 would begin.
"""

from __future__ import annotations

import binascii
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Escaping
from ingest.jt809.cipher import Cipher

BEGIN, END = b"\x5b", b"\x5d"
ESCAPING: Final = Escaping(
    BEGIN, ((b"\x5a\x01", b"\x5b"), (b"\x5a\x02", b"\x5a"), (b"\x5e\x01", b"\x5d"), (b"\x5e\x02", b"\x5e"))
)
HEADER_BYTES: Final = {2011: 22, 2019: 30}
VERSIONS: Final = (2011, 2013, 2019)
"""Of the standard; 2013 is the supplement to 2011, which differs from it in some bodies only."""
LONGEST_FRAME: Final = 1 << 20
"""Bytes between two marks; the longest messages are pictures of some 20 kB."""
PLAIN, ENCRYPTED = 0, 1
EARLIEST_S, LATEST_S = 1_000_000_000, 0xFFFFFFFF
"""What can be a time of sending, epoch seconds: from 2001 to 2106."""
_NO_TIME: Final = 0
_WORD: Final = 0xFFFFFFFF


class Header(NamedTuple):
    """What stands before a body."""

    id: int
    """Message id, such as 0x1200."""
    version: int
    """2011 (also where the supplement of 2013 holds) or 2019."""
    serial: int
    """Of the sender; in 2019 counted for each kind of message apart."""
    centre_id: int
    """Access code that the upper platform gave to the lower one; some frames have 0."""
    protocol: tuple[int, int, int] = (1, 0, 0)
    """Version bytes."""
    encryption: int = PLAIN
    key: int = 0
    """First key of the cipher; whatever stands there in frames that are not encrypted."""
    time_s: int = _NO_TIME
    """When it was sent, epoch seconds; some send milliseconds. 0 in 2011."""


class Frame(NamedTuple):
    """One frame as it was received; its body is still encrypted where the header says so."""

    header: Header
    body: bytes
    checksum_ok: bool
    length_ok: bool
    """Whether the header tells the length that it has."""


class Framer:
    """Cuts a stream of bytes into frames; keeps what is not finished yet."""

    def __init__(self, longest: int = LONGEST_FRAME) -> None:
        """``longest`` is the most bytes between two marks."""
        self._longest = longest
        self._rest = bytearray()
        self._within = False
        self._skipping = False
        self.dropped: Counter[str] = Counter()
        """Bytes that belong to no frame: ``junk`` between frames, ``unfinished`` before another mark, ``too_long``."""

    @property
    def pending(self) -> int:
        """Bytes that wait for the end of their frame."""
        return len(self._rest)

    def feed(self, data: bytes) -> Sequence[bytes]:
        """Take bytes in; return the contents of the frames that are complete, without marks and escapes.

        What is found and what is dropped does not depend on how the stream is cut.
        """
        found = []
        *whole, rest = data.split(END)
        for piece in whole:
            self._begin(piece)
            if self._within and not self._skipping and self._rest:
                found.append(ESCAPING.undone(bytes(self._rest)))
            self._rest.clear()
            self._within = self._skipping = False
        self._begin(rest)
        return found

    def _begin(self, piece: bytes) -> None:
        """Take in bytes without an end mark."""
        first, *others = piece.split(BEGIN)
        self._take(first)
        for other in others:
            if not self._skipping:
                self._drop("unfinished", len(self._rest))
            self._rest.clear()
            self._within, self._skipping = True, False
            self._take(other)

    def _take(self, data: bytes) -> None:
        if not self._within:
            self._drop("junk", len(data))
        elif self._skipping:
            self._drop("too_long", len(data))
        elif len(self._rest) + len(data) > self._longest:
            self._drop("too_long", len(self._rest) + len(data))
            self._rest.clear()
            self._skipping = True
        else:
            self._rest += data

    def _drop(self, reason: str, count: int) -> None:
        if count:
            self.dropped[reason] += count


def checksum(data: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE."""
    return binascii.crc_hqx(data, 0xFFFF)


def tell(raw: bytes) -> int:
    """Return the version, 2011 or 2019, of bytes without marks and escapes.

    A body of 2011 does not begin with what would be a time: it has a plate, a user, a code or an id there. An encrypted
    one might, once in more than four thousand million frames.
    """
    if len(raw) < HEADER_BYTES[2019] + 2:
        return 2011
    told = int.from_bytes(raw[22:30], "big")
    return 2019 if _is_time(told) or _is_time(told // 1000) else 2011


def _is_time(seconds: int) -> bool:
    return EARLIEST_S <= seconds <= LATEST_S


def parse(raw: bytes, version: int | None = None) -> Frame:
    """Return the frame that bytes without marks and escapes is, of the version agreed on, or of that which they tell.

    Raises FrameError where they are too few. A wrong checksum or length is told by the frame and no error.
    """
    of = tell(raw) if version is None else 2019 if version >= 2019 else 2011
    start = HEADER_BYTES[of]
    if len(raw) < start + 2:
        raise FrameError("too_short", f"{len(raw)} bytes where a frame of {of} has {start + 2} at least")
    header = Header(
        raw[8] << 8 | raw[9],
        of,
        int.from_bytes(raw[4:8], "big"),
        int.from_bytes(raw[10:14], "big"),
        (raw[14], raw[15], raw[16]),
        raw[17],
        int.from_bytes(raw[18:22], "big"),
        int.from_bytes(raw[22:30], "big") if of == 2019 else _NO_TIME,
    )
    told = int.from_bytes(raw[:4], "big")
    return Frame(header, raw[start:-2], checksum(raw[:-2]) == int.from_bytes(raw[-2:], "big"), told == len(raw) + 2)


def decrypted(frame: Frame, cipher: Cipher | None) -> Frame:
    """Return a frame with its body decrypted; raises FrameError where it is encrypted and there is no cipher for it."""
    header = frame.header
    if header.encryption == PLAIN or not frame.body:
        return frame
    if header.encryption != ENCRYPTED or cipher is None:
        raise FrameError("encrypted", f"encryption {header.encryption}, and no cipher was agreed on for it")
    return frame._replace(header=header._replace(encryption=PLAIN), body=cipher.apply(header.key, frame.body))


def build(header: Header, body: bytes, cipher: Cipher | None = None) -> bytes:
    """Return the bytes of a frame, marks included; the body is encrypted with ``cipher`` where the header says so.

    Raises FrameError for a header that does not fit, and for an encrypted one without cipher.
    """
    if header.encryption != PLAIN:
        if cipher is None:
            raise FrameError("encrypted", "a body is to be encrypted, and there is no cipher")
        body = cipher.apply(header.key, body)
    start = HEADER_BYTES[2019 if header.version >= 2019 else 2011]
    try:
        raw = b"".join(
            (
                (start + len(body) + 4).to_bytes(4, "big"),
                (header.serial & _WORD).to_bytes(4, "big"),
                header.id.to_bytes(2, "big"),
                header.centre_id.to_bytes(4, "big"),
                bytes(header.protocol),
                bytes((header.encryption,)),
                header.key.to_bytes(4, "big"),
                header.time_s.to_bytes(8, "big") if start == HEADER_BYTES[2019] else b"",
                body,
            )
        )
    except (OverflowError, ValueError) as error:
        raise FrameError("bad_header", f"a figure of the header does not fit: {error}") from error
    return BEGIN + ESCAPING.done(raw + checksum(raw).to_bytes(2, "big")) + END
