"""Segments as a terminal takes them in: columns as they lie in memory, made of a checked file by a process of its own.

A GeoJSON file of 18 MB takes 100 MB to read, in pieces so small that the system never gets half of them back; and what
somebody else wrote is better looked at by a process that may fail. What is prepared is read in milliseconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from xxhash import xxh3_64_digest, xxh3_64_hexdigest

from geofence.faults import SegmentFileError
from geofence.lines import Lines
from geofence.segments import Segment, SegmentSet, load

LONGEST_S: Final = 600.0
"""Longest that it may take, s."""
REFUSED: Final = 4
"""Exit code of a file with faults, which are on standard output."""
_NESTED: Final = ("segments", "lines")


class RefusedError(Exception):
    """A segment file that is not to be used; the message says why."""


class _Columns(msgspec.Struct, frozen=True):
    """A dataclass: columns by name as type and bytes, and what is no column."""

    arrays: dict[str, tuple[str, memoryview]]
    plain: dict[str, Any]


class _Prepared(msgspec.Struct, frozen=True):
    schema: str
    whole: _Columns
    lines: _Columns
    segments: tuple[Segment, ...]


@cache
def _schema() -> str:
    """Return what tells this form from those of other versions of the software."""
    told = [(f.name, f.type) for kind in (SegmentSet, Lines) for f in fields(kind)]
    return xxh3_64_hexdigest(repr((told, Segment.__struct_fields__, np.dtype("i8").str)).encode())


def packed(segments: SegmentSet) -> bytes:
    """Return a segment set as bytes."""
    whole, lines = _columns(segments), _columns(segments.lines)
    content = msgspec.msgpack.encode(_Prepared(_schema(), whole, lines, segments.segments))
    return xxh3_64_digest(content) + content


def unpacked(content: bytes) -> SegmentSet | None:
    """Return the segment set; None for what is damaged, or another version's."""
    if xxh3_64_digest(content[8:]) != content[:8]:
        return None
    try:
        told = msgspec.msgpack.decode(memoryview(content)[8:], type=_Prepared)
    except msgspec.DecodeError:
        return None
    if told.schema != _schema():
        return None
    lines = Lines(**_values(told.lines))
    return SegmentSet(segments=told.segments, lines=lines, **_values(told.whole))


def _columns(holder: Any) -> _Columns:
    values = {f.name: getattr(holder, f.name) for f in fields(holder) if f.name not in _NESTED}
    arrays = {
        name: (v.dtype.str, np.ascontiguousarray(v).view(np.uint8).data)
        for name, v in values.items()
        if isinstance(v, np.ndarray)
    }
    return _Columns(arrays, {name: v for name, v in values.items() if name not in arrays})


def _values(columns: _Columns) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: np.frombuffer(content, dtype).copy() for name, (dtype, content) in columns.arrays.items()
    }
    return values | {name: tuple(v) if isinstance(v, list) else v for name, v in columns.plain.items()}


def prepare(path: Path, out: Path, name: str) -> None:
    """Check a segment file, and write it to ``out`` as it is taken in; ``name`` stands for it in what is said.

    Raises RefusedError for one with faults, OSError where that cannot be done.
    """
    command = [sys.executable, "-P", "-m", __name__, str(path), str(out), name]
    try:
        told = subprocess.run(command, capture_output=True, timeout=LONGEST_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise RefusedError(f"{name}: not read in {LONGEST_S:.0f} s") from error
    if told.returncode == REFUSED:
        raise RefusedError(told.stdout.decode("utf-8", "replace").strip())
    if told.returncode:
        last = told.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise OSError(f"{name}: cannot be prepared: ended with {told.returncode}: {''.join(last)}")


def main() -> None:
    """Prepare the file named in argv[1] as argv[2]; argv[3] is what it is called."""
    path, out, name = sys.argv[1:]
    try:
        segments = load(path)
    except SegmentFileError as error:
        sys.stdout.write(str(error).replace(path, name))
        sys.exit(REFUSED)
    with Path(out).open("wb") as file:
        file.write(packed(segments))
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    from forewarn.terminal import lean

    lean.begin()
    main()
