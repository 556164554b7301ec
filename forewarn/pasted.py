"""Frames of JT/T 808 as people paste them: hexadecimal digits in any dress, with marks or without, escaped or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.jt808.errors import FrameError
from ingest.jt808.frame import LEAST_FRAME, OTHER, STANDARD, VERSIONED, Escaping, parse, told_length

_HALF: Final = re.compile(r"0[xX]([0-9A-Fa-f])(?![0-9A-Fa-f])")
_SUFFIX: Final = re.compile(r"\b([0-9A-Fa-f]{2})[hH]\b")
_DRESS: Final = re.compile(r"0[xX]|\\[xX]|[\s,;:._|'\"`\-\[\](){}<>]+")
_OTHER: Final = re.compile(r"[^0-9A-Fa-f]")


def bytes_of(text: str) -> bytes:
    """Return the bytes that hexadecimal digits stand for, whatever parts them; raises FrameError for other text."""
    digits = _DRESS.sub("", _SUFFIX.sub(r"\1", _HALF.sub(r"0\1", text)))
    wrong = _OTHER.search(digits)
    if wrong:
        shown = digits[wrong.start() : wrong.start() + 20].encode("utf-8", "replace").decode()
        raise FrameError("not_hex", f"'{shown}' where hexadecimal digits are due")
    if len(digits) % 2:
        raise FrameError("odd_digits", f"{len(digits)} hexadecimal digits, so half a byte is missing")
    return bytes.fromhex(digits)


def units(arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments of a command line as texts of which each is read by itself.

    They are one text where that gives whole frames, such as bytes that the shell has parted, or where none of them is
    as long as a frame.
    """
    joined = " ".join(arguments)
    try:
        data = bytes_of(joined)
    except FrameError:
        data = b""
    if data and all(map(_is_good, contents(data))):
        return (joined,)
    return arguments if any(len(_OTHER.sub("", text)) >= 2 * LEAST_FRAME for text in arguments) else (joined,)


def contents(data: bytes) -> Iterator[bytes]:
    """Yield the frames in bytes, each without marks and escapes.

    Between two marks stands a frame, escaped or not; one that is not may hold further marks. The checksum tells, and
    where none is right, the length.
    """
    # with both its marks a frame's checksum is right as well; no message has an id that begins with 7E, some with E7
    marked = data.startswith(STANDARD.mark) or (data.startswith(OTHER.mark) and data.endswith(OTHER.mark))
    if not data or (not marked and _is_good(data)):
        yield data
        return
    escaping = OTHER if data.startswith(OTHER.mark) else STANDARD
    at = 0
    while at < len(data):
        if data.startswith(escaping.mark, at):
            at += 1
            continue
        content, at = _next(data, at, escaping)
        yield content


def _next(data: bytes, at: int, escaping: Escaping) -> tuple[bytes, int]:
    mark = data.find(escaping.mark, at)
    end = len(data) if mark < 0 else mark
    readings = [(escaping.undone(data[at:end]), end), (data[at:end], end)]
    try:
        beyond = at + told_length(data[at : at + 4])
    except FrameError:
        beyond = 0
    if end < beyond <= len(data):
        readings.append((data[at:beyond], beyond))
    good = [reading for reading in readings if _is_good(reading[0])]
    if good:
        # a part of a frame of 2019 may look like an old one whose version flag is wrong
        return next((reading for reading in good if not _is_odd(reading[0])), good[0])
    return next((reading for reading in readings[:2] if _has_its_length(reading[0])), readings[0])


def _has_its_length(raw: bytes) -> bool:
    try:
        parse(raw)
    except FrameError:
        return False
    return True


def _is_odd(raw: bytes) -> bool:
    """Tell whether a good frame has the version flag of 2019 and the header of before."""
    return bool(raw[2] << 8 & VERSIONED) and parse(raw).header.version < 2019


def _is_good(raw: bytes) -> bool:
    try:
        return parse(raw).checksum_ok
    except FrameError:
        return False
