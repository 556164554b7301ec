"""Bytes to lines: whole ones as they become whole, without I/O."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 1 << 16
"""A line of more bytes is none: gpsd's longest messages have a few thousand."""


class Lines:
    """Takes bytes in any portions."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._rest = b""
        self._skipping = False
        self.count = 0
        """Lines so far, the last one's number."""
        self.too_long = 0
        """Lines that were dropped for their length."""

    def feed(self, data: bytes) -> list[tuple[int, str]]:
        """Return the lines that are whole by now, each with its number, without its end; bytes become characters."""
        *whole, rest = (self._rest + data).split(b"\n")
        lines = []
        for line in whole:
            self.count += 1
            if self._skipping or len(line) > LONGEST:
                self.too_long += 1
                self._skipping = False
            else:
                lines.append((self.count, line.decode("utf-8", "replace").strip()))
        if len(rest) > LONGEST:
            self._skipping, rest = True, b""
        self._rest = rest
        return lines
