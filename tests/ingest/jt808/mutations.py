"""Frames as they could come from real terminals, and what a line, a fault or ill will may make of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ingest.jt808.frame import STANDARD, Header, build, checksum
from tests.ingest.jt808.platform_rows import PLATFORM_ROWS
from tests.ingest.jt808.terminal_rows import TERMINAL_ROWS

TELLING = bytes.fromhex("00 01 02 03 04 05 7D 7E 7F 80 99 FE FF")
"""Bytes at which layouts part."""


def frames() -> list[bytes]:
    """Return a good frame of every message and version, without marks and escapes, also as of another version."""
    found = []
    for k, row in enumerate(TERMINAL_ROWS + PLATFORM_ROWS):
        for version in (2013, 2019):
            header = Header(row.number, version, "013800000001", k)
            found.append(STANDARD.undone(build(header, row.body)[1:-1]))
    return found


def mutated(rng: random.Random, good: list[bytes]) -> bytes:
    """Return one frame changed at a few places; often with length and checksum set right, so that bodies are read."""

    def below(count: int) -> int:
        return int(rng.random() * count)

    raw = bytearray(good[below(len(good))])
    for _ in range((1, 1, 2, 4, 16)[below(5)]):
        kind, at = below(7), below(len(raw))
        if kind == 0 and raw:
            raw[at] = below(256)
        elif kind == 1 and raw:
            raw[at] ^= 1 << below(8)
        elif kind == 2 and raw:
            raw[at] = TELLING[below(len(TELLING))]
        elif kind == 3:
            del raw[at : at + 1 + below(8)]
        elif kind == 4:
            raw[at:at] = rng.randbytes(1 + below(8))
        elif kind == 5:
            other = good[below(len(good))]
            begins = below(len(other))
            raw[at:] = other[begins : begins + 1 + below(200)]
        else:
            raw[at : at + 4] = b"\xff" * 4
    if rng.random() < 0.8 and len(raw) >= 4:
        _set_right(raw)
    return bytes(raw)


def _set_right(raw: bytearray) -> None:
    header = (17 if raw[2] & 0x40 else 12) + (4 if raw[2] & 0x20 else 0)
    length = min(max(0, len(raw) - header - 1), 1023)
    raw[2:4] = (((raw[2] & 0xFC) << 8) | length).to_bytes(2, "big")
    raw[-1] = checksum(raw[:-1])


def stream(rng: random.Random, good: list[bytes], count: int) -> Iterator[bytes]:
    """Yield mutated frames as they travel."""
    for _ in range(count):
        yield STANDARD.mark + STANDARD.done(mutated(rng, good)) + STANDARD.mark
