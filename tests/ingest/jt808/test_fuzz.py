"""Whatever comes, a frame is told or refused by name: nothing else is raised, and nothing takes long."""

from __future__ import annotations

import random
import time

from ingest.jt808.codec import decode, decode_body
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Framer, parse
from ingest.jt808.messages import MESSAGES
from ingest.jt808.subpackets import Assembler
from tests.ingest.jt808.mutations import frames, stream

COUNT = 20_000
SLOWEST_S = 1.0
"""Far above what any takes on a slow and busy machine; a count believed would take minutes."""


def test_mutated_frames_are_told_or_refused() -> None:
    """Of so many, most can be read, some are refused, and none raises anything else."""
    rng = random.Random(808)
    good, framer, assembler = frames(), Framer(), Assembler()
    told, refused, slowest_s = 0, set(), 0.0
    for frame in stream(rng, good, COUNT):
        for content in framer.feed(frame):
            began_s = time.process_time()
            try:
                read = parse(content)
                decode(read)
                assembler.add(read, 0.0)
                told += 1
            except FrameError as error:
                refused.add(error.reason)
            slowest_s = max(slowest_s, time.process_time() - began_s)
    assert told > COUNT / 4
    assert refused == {"too_short", "bad_length", "bad_body"}
    assert slowest_s < SLOWEST_S


def test_random_bodies_of_every_message() -> None:
    """Of both headers and many lengths."""
    rng, refused = random.Random(809), set()
    for number in MESSAGES:
        for version in (2013, 2019):
            for length in (0, 1, 2, 3, 5, 8, 30, 100, 1023):
                body = rng.randbytes(length) if length % 2 else b"\xff" * length
                try:
                    decode_body(number, body, version)
                except FrameError as error:
                    refused.add(error.reason)
    assert refused == {"bad_body"}
