"""What construct reads, as plain values; and values that may be of another layout than theirs."""

from __future__ import annotations

import io
from typing import Any

import construct as c


def plain(value: Any) -> Any:
    """Return what construct read as plain objects and lists, without what it keeps for itself."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def read_whole(layout: Any, data: bytes) -> Any:
    """Return what a layout reads of bytes that it takes to the last; None where they are fewer or more."""
    stream = io.BytesIO(data)
    try:
        read = layout.parse_stream(stream)
    except c.ConstructError:
        return None
    return plain(read) if stream.tell() == len(data) else None
