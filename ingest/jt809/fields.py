"""Types of fields that JT/T 808 has not; the others are those of ``ingest.jt808.fields``.

time_t           ``EPOCH``: 8 bytes, UTC seconds since 1970; milliseconds where some platforms send them
dmyy hms         ``BLOCK_TIME``: BYTE day, month, WORD year, BYTE hour, minute, second, in GMT+8
Octet String[n]  ``text(n)``
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, WORD, ZONE, Named, NotWrittenError, counted_text, gbk, text, ungbk
from ingest.jt808.messages.registration import COLOURS

MOST_SECONDS: Final = 100_000_000_000
"""An epoch number from here on is one of milliseconds: as seconds it would be past the year 5138."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Epoch(c.Adapter):
    """An epoch number as ISO 8601 in UTC, with three decimals where it is one of milliseconds.

    0, which stands for no time, is None; a number that is no time of either kind stays a number.
    """

    def _decode(self, obj: int, context: Any, path: str) -> str | int | None:
        if obj == 0:
            return None
        if obj < MOST_SECONDS:
            return (_EPOCH + timedelta(seconds=obj)).strftime("%Y-%m-%dT%H:%M:%SZ")
        if obj < MOST_SECONDS * 1000:
            at = _EPOCH + timedelta(milliseconds=obj)
            return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
        return obj

    def _encode(self, obj: str | int | None, context: Any, path: str) -> int:
        if obj is None:
            return 0
        if isinstance(obj, int):
            return obj
        since = _aware(obj, path) - _EPOCH
        unit = timedelta(milliseconds=1) if "." in obj else timedelta(seconds=1)
        count = since // unit
        if count < 0:
            raise NotWrittenError(f"'{obj[:40]}' is before 1970", path)
        return count


class _BlockTime(c.Adapter):
    """Seven binary bytes of a local time as ISO 8601 in UTC; what is no time is kept as hexadecimal digits."""

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        day, month, high, low, hour, minute, second = obj
        try:
            local = datetime(high << 8 | low, month, day, hour, minute, second, tzinfo=ZONE)
            return local.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            return obj.hex().upper()

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        if len(obj) == 14 and "-" not in obj:
            return bytes.fromhex(obj)
        at = _aware(obj, path).astimezone(ZONE)
        return bytes((at.day, at.month, at.year >> 8, at.year & 0xFF, at.hour, at.minute, at.second))


class _Password(c.Adapter):
    """A password filled up with zeros, in front by some platforms; no error shows it."""

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        return ungbk(obj.lstrip(b"\0"))

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        data = gbk(obj)
        if len(data) > PASSWORD_BYTES:
            raise NotWrittenError(f"the password has {len(data)} bytes where {PASSWORD_BYTES} are room", path)
        return data.ljust(PASSWORD_BYTES, b"\0")


class _Code(c.Adapter):
    """A code of letters and digits; anything else, such as a binary number, as ``0x`` and hexadecimal digits."""

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        code = obj.rstrip(b"\0")
        if code.isalnum() and not code.startswith(b"0x"):
            return code.decode("ascii")
        return f"0x{obj.hex().upper()}" if code else ""

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        size = self.sizeof()
        try:
            code = bytes.fromhex(obj[2:]) if obj.startswith("0x") else obj.encode("ascii")
        except ValueError as error:
            raise NotWrittenError(f"'{obj[:40]}' is no code", path) from error
        if len(code) > size:
            raise NotWrittenError(f"'{obj[:40]}' has {len(code)} bytes where {size} are room", path)
        return code.ljust(size, b"\0")


def _aware(value: str, path: str) -> datetime:
    """Read ISO 8601; a time without a zone is taken to be in UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise NotWrittenError(f"'{value[:40]}' is no time", path) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Either(c.Construct):
    """One of two layouts for the same message: that which the bytes fill exactly, the first where neither does."""

    def __init__(self, first: Any, second: Any, takes_second: Callable[[dict[str, Any]], bool]) -> None:
        """``takes_second`` tells by its fields which of them a message is written in."""
        super().__init__()
        self._first, self._second, self._takes_second = first, second, takes_second

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        rest = stream.read()
        for layout in (self._first, self._second):
            try:
                return (layout + c.Terminated).parse(rest)
            except c.ConstructError:
                continue  # the next one may fit
        stream.seek(-len(rest), 1)
        return self._first.parse_stream(stream)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        layout = self._second if self._takes_second(obj) else self._first
        stream.write(layout.build(obj))
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        raise c.SizeofError("one of two sizes", path=path)


def code(size: int) -> Any:
    """STRING of a fixed size that holds a code of letters and digits, or bytes."""
    return _Code(c.Bytes(size))


EPOCH: Final = _Epoch(c.Int64ub)
"""time_t."""
BLOCK_TIME: Final = _BlockTime(c.Bytes(7))
"""Time of a position of 2011."""
PLATE: Final = text(21)
COLOUR: Final = Named(BYTE, COLOURS)
"""Colour of a plate (JT/T 415, 697.7)."""
PLATFORM_ID: Final = code(11)
"""Unique code of a platform: that of its region and a number."""
LONG_TEXT: Final = counted_text(DWORD)
"""DWORD length, text."""
VEHICLE: Final = c.Struct("plate" / PLATE, "plate_colour" / COLOUR)
VEHICLE_BYTES: Final = 22
COORDINATES: Final = Named(BYTE, {0: "plain", 1: "shifted"})
"""Whether coordinates went through the secrecy plug-in, which shifts them as those of GCJ-02."""
PASSWORD_BYTES: Final = 8
PASSWORD: Final = _Password(c.Bytes(PASSWORD_BYTES))

__all__ = ["BLOCK_TIME", "BYTE", "COLOUR", "COORDINATES", "DWORD", "EPOCH", "LONG_TEXT", "PASSWORD", "PASSWORD_BYTES"]
__all__ += ["PLATE", "PLATFORM_ID", "VEHICLE", "VEHICLE_BYTES", "WORD", "Either", "code", "text"]
