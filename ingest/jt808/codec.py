"""Messages to what JSON can hold, and back: the layout of a message by its id and version."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import construct as c

from ingest.jt808.errors import BodyError
from ingest.jt808.frame import Frame
from ingest.jt808.messages import MESSAGES
from ingest.jt808.reading import plain


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message in words."""

    name: str | None
    """Name of the message; None where it is not known here."""
    version: int
    """2011, 2013 or 2019."""
    body: dict[str, Any]
    """Its fields, with ``rest`` for bytes behind the last one; ``hex`` alone: unknown, encrypted or a part."""


def version_of(number: int, body: bytes, version: int) -> int:
    """Return the version of a message: that of its header, or where that says 2013, what its body tells."""
    tell = getattr(MESSAGES.get(number), "tell", None)
    return int(tell(body)) if tell is not None and version < 2019 else version


def layout_of(number: int, version: int) -> Any:
    """Return the layout of a message that is known, by its version."""
    module = MESSAGES[number]
    return getattr(module, "LAYOUTS", {}).get(version, module.LAYOUT)


def spans(number: int, body: bytes, version: int) -> list[tuple[str, int, int]]:
    """Return name, start and end of each field of a body that ``decode_body`` could read; of its outermost ones."""
    layout = layout_of(number, version_of(number, body, version))
    fields = (layout.subcon if isinstance(layout, c.Adapter) else layout).subcons
    marked = c.Struct(
        *(part for field in fields for part in (f"_at_{field.name}" / c.Tell, field)), "_at_end" / c.Tell
    ).parse(body)
    ats = [value for key, value in marked.items() if key.startswith("_at_")]
    return [(field.name, start, end) for field, (start, end) in zip(fields, pairwise(ats), strict=True)]


def decode_body(number: int, body: bytes, version: int) -> Decoded:
    """Return a whole body in words; raises BodyError where it is not laid out as its message is."""
    module = MESSAGES.get(number)
    if module is None:
        return Decoded(None, version, {"hex": body.hex().upper()})
    version = version_of(number, body, version)
    layout = layout_of(number, version)
    stream = io.BytesIO(body)
    try:
        read = plain(layout.parse_stream(stream))
    except c.ConstructError as error:
        raise BodyError("bad_body", _said(module.NAME, error)) from error
    rest = stream.read()
    return Decoded(module.NAME, version, {**read, "rest": rest.hex().upper()} if rest else read)


def decode(frame: Frame) -> Decoded:
    """Return a frame's message in words, its bytes where it is encrypted or a part; raises BodyError."""
    header = frame.header
    if header.encryption or header.packets != 1:
        name = MESSAGES[header.id].NAME if header.id in MESSAGES else None
        return Decoded(name, header.version, {"hex": frame.body.hex().upper()})
    return decode_body(header.id, frame.body, header.version)


def encode_body(number: int, body: Mapping[str, Any], version: int) -> bytes:
    """Return the bytes of a body; raises BodyError for what its layout cannot hold or lacks."""
    if number not in MESSAGES:
        return bytes.fromhex(body["hex"])
    try:
        written = layout_of(number, version).build(dict(body))
    except (c.ConstructError, KeyError, TypeError, ValueError) as error:
        raise BodyError("not_written", _said(MESSAGES[number].NAME, error)) from error
    return bytes(written) + bytes.fromhex(body.get("rest", ""))


def _said(name: str, error: Exception) -> str:
    return f"{name}: {' '.join(str(error).split())[:160]}"
