"""The standard's types of fields, each reading bytes into what JSON can hold and writing it back.

    BYTE, WORD, DWORD     unsigned, big-endian
    BYTE[n]               ``raw(n)``: hexadecimal digits
    BCD[6]                ``MOMENT``: YYMMDDhhmmss in GMT+8
    STRING                ``text(n)`` padded with zeros, ``REST_TEXT`` up to the end, ``counted_text(BYTE)`` with its
                          length in front: GBK, no terminator

Quantities are numbers in the unit that the field's name ends in (``scaled``); bits are lists of names (``Bits``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final

import construct as c

BYTE: Final = c.Int8ub
WORD: Final = c.Int16ub
DWORD: Final = c.Int32ub

ZONE: Final = timezone(timedelta(hours=8))
"""Zone of all times of a terminal (GMT+8)."""
CENTURY: Final = 2000
"""What the two digits of a year count from."""


class NotWrittenError(c.ConstructError):
    """A value that the field cannot hold."""


def gbk(value: str) -> bytes:
    """Return text as a terminal reads it; what GBK does not know becomes a question mark, and a NUL is left out."""
    return value.replace("\0", "").encode("gbk", "replace")


def gbk_within(value: str, most: int) -> bytes:
    """Return as much of a text as fits into ``most`` bytes of GBK, no character cut in two."""
    kept, used = [], 0
    for character in value:
        data = gbk(character)
        used += len(data)
        if used > most:
            break
        kept.append(data)
    return b"".join(kept)


def ungbk(data: bytes) -> str:
    """Return the text of GBK bytes (or GB18030, its superset) without the zeros that fill it up; bad bytes as U+FFFD.

    2011 and 2013 fill up behind, some terminals in front.
    """
    return data.strip(b"\0").decode("gb18030", "replace")


class _Text(c.Adapter):
    """GBK text over a field of bytes."""

    def __init__(self, subcon: Any, size: int | None = None) -> None:
        super().__init__(subcon)
        self._size = size

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        read = ungbk(obj)
        return read if self._size is None else read.rstrip(" ")  # 2011 fills up with spaces

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        data = gbk(obj)
        if self._size is None:
            return data
        if len(data) > self._size:
            raise NotWrittenError(f"'{obj[:40]}' has {len(data)} bytes of GBK where {self._size} are room", path)
        return data.ljust(self._size, b"\0")


class _Hex(c.Adapter):
    """Bytes as hexadecimal digits."""

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        return obj.hex().upper()

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        try:
            return bytes.fromhex(obj)
        except ValueError as error:
            raise NotWrittenError(f"'{str(obj)[:40]}' is not hexadecimal", path) from error


class _Moment(c.Adapter):
    """A BCD time as ISO 8601 in UTC; digits that are no time are kept as they are, such as ``000000000000``."""

    def __init__(self, subcon: Any, zone: tzinfo) -> None:
        super().__init__(subcon)
        self._zone = zone

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        digits = obj.hex().upper()
        try:
            year, *rest = (int(digits[i : i + 2]) for i in range(0, 12, 2))
            month, day, hour, minute, second = rest
            local = datetime(CENTURY + year, month, day, hour, minute, second, tzinfo=self._zone)
        except ValueError:
            return digits
        return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        if len(obj) == 12 and "-" not in obj:
            return bytes.fromhex(obj)
        try:
            local = datetime.fromisoformat(obj).astimezone(self._zone)
        except ValueError as error:
            raise NotWrittenError(f"'{obj[:40]}' is no time", path) from error
        if not CENTURY <= local.year < CENTURY + 100:
            raise NotWrittenError(f"'{obj[:40]}': the year is not one of {CENTURY} to {CENTURY + 99}", path)
        return bytes.fromhex(local.strftime("%y%m%d%H%M%S"))


class _Day(c.Adapter):
    """A BCD date of four bytes as ``YYYY-MM-DD``; digits that are no date are kept as they are."""

    def _decode(self, obj: bytes, context: Any, path: str) -> str:
        digits = obj.hex().upper()
        try:
            datetime.strptime(digits, "%Y%m%d")  # a date only
        except ValueError:
            return digits
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"

    def _encode(self, obj: str, context: Any, path: str) -> bytes:
        try:
            return bytes.fromhex(obj.replace("-", "").rjust(8, "0"))
        except ValueError as error:
            raise NotWrittenError(f"'{obj[:40]}' is no date", path) from error


class Left(c.Subconstruct):
    """A field that not every terminal sends: None where no bytes are left, and nothing is written of None."""

    def __init__(self, subcon: Any) -> None:
        super().__init__(subcon)
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        at = stream.tell()
        more = stream.read(1)
        stream.seek(at)
        return self.subcon._parsereport(stream, context, path) if more else None

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None if obj is None else self.subcon._build(obj, stream, context, path)

    def _sizeof(self, context: Any, path: str) -> int:
        raise c.SizeofError("of bytes that may be left", path=path)


class _Scaled(c.Adapter):
    """A count as a quantity."""

    def __init__(self, subcon: Any, per_unit: int) -> None:
        super().__init__(subcon)
        self._per_unit = per_unit

    def _decode(self, obj: int, context: Any, path: str) -> float:
        return obj / self._per_unit

    def _encode(self, obj: float, context: Any, path: str) -> int:
        return round(obj * self._per_unit)


class Bits(c.Adapter):
    """A word of bits as the names of those that are set, in order; one without a name is ``bit_N``."""

    def __init__(
        self, subcon: Any, names: Mapping[int, str], groups: Mapping[tuple[int, int], Any] | None = None
    ) -> None:
        """``groups`` names values of neighbouring bits, by (lowest bit, count of bits): value to name."""
        super().__init__(subcon)
        self._width = subcon.sizeof() * 8
        self._groups = groups or {}
        taken = {bit for low, count in self._groups for bit in range(low, low + count)}
        self._single = [(1 << bit, names.get(bit, f"bit_{bit}")) for bit in range(self._width) if bit not in taken]
        self._values = {name: mask for mask, name in self._single}
        for (low, _), values in self._groups.items():
            self._values |= {name: value << low for value, name in values.items()}

    def names_of(self, word: int) -> list[str]:
        """Return the names of what is set."""
        if not word:
            return []
        found = [name for mask, name in self._single if word & mask]
        for (low, count), values in self._groups.items():
            value = word >> low & (1 << count) - 1
            if value:
                found.append(values[value])
        return found

    def _decode(self, obj: int, context: Any, path: str) -> list[str]:
        return self.names_of(obj)

    def _encode(self, obj: list[str], context: Any, path: str) -> int:
        word = 0
        for name in obj:
            if name not in self._values:
                raise NotWrittenError(f"'{name[:40]}' is none of its bits", path)
            word |= self._values[name]
        return word


class Named(c.Adapter):
    """A number as its name; one without a name stays the number."""

    def __init__(self, subcon: Any, names: Mapping[int, str]) -> None:
        """``names`` by number."""
        super().__init__(subcon)
        self._names = dict(names)
        self._numbers = {name: number for number, name in names.items()}

    def _decode(self, obj: int, context: Any, path: str) -> str | int:
        return self._names.get(obj, obj)

    def _encode(self, obj: str | int, context: Any, path: str) -> int:
        if isinstance(obj, int):
            return obj
        if obj not in self._numbers:
            raise NotWrittenError(f"'{obj[:40]}' is none of {', '.join(self._numbers)}", path)
        return self._numbers[obj]


class _Id(c.Adapter):
    """An id as hexadecimal text, such as ``0x0200``."""

    def _decode(self, obj: int, context: Any, path: str) -> str:
        return f"0x{obj:04X}"

    def _encode(self, obj: str, context: Any, path: str) -> int:
        return int(obj, 16)


def when(condition: Any, subcon: Any) -> Any:
    """A field that is there under a condition; None, and it need not be given to be written, where it is not."""
    conditional = c.If(condition, subcon)
    conditional.flagbuildnone = True
    return conditional


def text(size: int) -> Any:
    """STRING of a fixed size, filled up with zeros."""
    return _Text(c.Bytes(size), size)


def counted_text(count: Any) -> Any:
    """STRING with its length in front."""
    return _Text(c.Prefixed(count, c.GreedyBytes))


def raw(size: int) -> Any:
    """BYTE[n] as hexadecimal digits."""
    return _Hex(c.Bytes(size))


def counted_raw(count: Any) -> Any:
    """Bytes with their length in front, as hexadecimal digits."""
    return _Hex(c.Prefixed(count, c.GreedyBytes))


def scaled(subcon: Any, per_unit: int) -> Any:
    """A quantity of which the field counts ``per_unit`` to the unit."""
    return _Scaled(subcon, per_unit)


MESSAGE_ID: Final = _Id(WORD)
"""Id of another message."""
PARAMETER_ID: Final = _Id(DWORD)
"""Id of a parameter."""
REST_TEXT: Final = _Text(c.GreedyBytes)
"""STRING up to the end of the body."""
REST: Final = _Hex(c.GreedyBytes)
"""Bytes up to the end of the body, as hexadecimal digits."""
MOMENT: Final = _Moment(c.Bytes(6), ZONE)
"""BCD[6], written in GMT+8, as a time in UTC."""
UTC_MOMENT: Final = _Moment(c.Bytes(6), UTC)
"""BCD[6], written in UTC."""
DAY: Final = _Day(c.Bytes(4))
"""BCD[4] as a date."""
DEGREES: Final = scaled(c.Int32sb, 1_000_000)
"""Degrees, counted in millionths, without a sign (``signs``); a few terminals write a two's complement all the same."""
