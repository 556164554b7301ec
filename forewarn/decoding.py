"""Frames of JT/T 808 in words: an object a frame, for programs, and lines with every byte, for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from forewarn.cleaning import CONTROLS
from ingest.jt808.codec import Decoded, decode, decode_body, spans
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Frame, checksum, parse
from ingest.jt808.messages import MESSAGES
from ingest.jt808.subpackets import Assembler

ENCRYPTIONS: Final = {0: None, 1: "rsa"}
TERMINALS: Final = 1000
"""Terminals whose sub-packets are put together at the same time."""
KEYS: Final = ("id", "name", "version", "phone", "serial", "checksum_ok", "encryption", "packet", "body", "error")
"""Of an object; all of them are always there."""
_SHOWN_BYTES: Final = 8


class Decoder:
    """Tells frames one after the other, and puts those together that are parts of a message."""

    def __init__(self) -> None:
        self._assemblers: dict[str, Assembler] = {}
        self.frames = 0
        """Frames that could be told."""
        self.bad = 0
        """Whatever was no frame, was damaged or could not be read in full."""

    def tell(self, raw: bytes) -> tuple[dict[str, Any], Iterable[str]]:
        """Return the object of a frame, given without marks and escapes, and its lines."""
        error: FrameError | None = None
        try:
            frame = parse(raw)
        except FrameError as refused:
            error = refused
            try:
                if checksum(raw):  # nothing is right here
                    raise
                frame = parse(raw, any_length=True)
            except FrameError:
                return self.refuse(error, raw)
        self.frames += 1
        header = frame.header
        told = _told(header.version) | {
            "id": f"0x{header.id:04X}",
            "name": MESSAGES[header.id].NAME if header.id in MESSAGES else None,
            "phone": header.phone,
            "serial": header.serial,
            "checksum_ok": frame.checksum_ok,
            "encryption": ENCRYPTIONS.get(header.encryption, f"bits_{header.encryption}"),
            "packet": None if header.packets == 1 else {"packets": header.packets, "packet": header.packet},
        }
        whole = self._whole(frame)
        try:
            decoded = decode(frame) if whole is None else decode_body(header.id, whole, header.version)
            told |= {"version": decoded.version, "body": decoded.body}
        except FrameError as refused:
            error = error or refused
            decoded = None
        if error is not None:
            told["error"] = {"reason": error.reason, "detail": error.detail}
        self.bad += error is not None or not frame.checksum_ok
        return told, _lines(raw, frame, told, decoded, whole)

    def refuse(self, error: FrameError, raw: bytes = b"") -> tuple[dict[str, Any], Iterable[str]]:
        """Return the object of what is no frame, and its lines."""
        self.bad += 1
        told = _told(None) | {"error": {"reason": error.reason, "detail": error.detail}}
        return told, [f"no frame: {error}", *([f"  {_hex(raw, 32)}"] if raw else [])]

    def _whole(self, frame: Frame) -> bytes | None:
        """Return the body that a part completes."""
        header = frame.header
        if header.packets == 1 or header.encryption:
            return None
        if header.phone not in self._assemblers and len(self._assemblers) >= TERMINALS:
            del self._assemblers[next(iter(self._assemblers))]
        return self._assemblers.setdefault(header.phone, Assembler()).add(frame, 0.0)


def as_json(told: Mapping[str, Any]) -> str:
    """Return an object as a line; what would move a terminal's cursor is escaped."""
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(told, ensure_ascii=False))


def _told(version: int | None) -> dict[str, Any]:
    return dict.fromkeys(KEYS) | {"version": version}


def _lines(
    raw: bytes, frame: Frame, told: dict[str, Any], decoded: Decoded | None, whole: bytes | None
) -> Iterator[str]:
    header = frame.header
    yield f"{told['id']} {told['name'] or 'not known'}, {told['version']}, terminal {told['phone']}"
    start = len(raw) - 1 - len(frame.body)
    for field, at, end, value in _header_fields(raw, told, start):
        yield _line(at, raw[at:end], field, value)
    body, at = (frame.body, start) if whole is None else (whole, 0)
    if whole is not None:
        yield f"whole message of {len(whole)} bytes, put together of {header.packets} packets"
    if decoded is not None:
        yield from _body_lines(header.id, body, at, decoded)
    elif body:
        yield _line(at, body, "body", "")
    expected = frame.checksum_ok or f"wrong: {checksum(raw[:-1]):02X} would be right"
    yield _line(len(raw) - 1, raw[-1:], "checksum", "ok" if expected is True else expected)
    if told["error"]:
        yield f"bad: {told['error']['reason']}: {told['error']['detail']}"


def _header_fields(raw: bytes, told: dict[str, Any], start: int) -> Iterator[tuple[str, int, int, str]]:
    attributes = raw[2] << 8 | raw[3]
    said = [f"body of {attributes & 0x3FF} bytes"]
    said += [told["encryption"]] if told["encryption"] else []
    said += ["sub-packet"] if attributes & 1 << 13 else []
    said += ["2019"] if attributes & 1 << 14 else []
    serial = start - (6 if attributes & 1 << 13 else 2)
    phone = serial - len(told["phone"]) // 2
    yield "id", 0, 2, f"{told['id']} {told['name'] or ''}".rstrip()
    yield "attributes", 2, 4, ", ".join(said)
    if phone == 5:
        yield "protocol_version", 4, 5, str(raw[4])
    yield "phone", phone, serial, told["phone"]
    yield "serial", serial, serial + 2, str(told["serial"])
    if told["packet"]:
        yield "packets", serial + 2, serial + 4, str(told["packet"]["packets"])
        yield "packet", serial + 4, serial + 6, str(told["packet"]["packet"])


def _body_lines(number: int, body: bytes, start: int, decoded: Decoded) -> Iterator[str]:
    fields = decoded.body
    if "hex" in fields:
        yield _line(start, body, "body", "")
        return
    end = 0
    for field, at, end in spans(number, body, decoded.version):
        yield from _value_lines(start + at, body[at:end], field, fields[field], 0)
    if "rest" in fields:
        yield _line(start + end, body[end:], "rest", "")


def _value_lines(at: int | None, data: bytes, field: str, value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield _line(at, data, field, "", depth)
        for key, one in value.items():
            yield from _value_lines(None, b"", key, one, depth + 1)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        yield _line(at, data, field, f"{len(value)}", depth)
        for k, one in enumerate(value):
            yield from _value_lines(None, b"", f"[{k}]", one, depth + 1)
    elif value is not None or data:
        yield _line(at, data, field, _said(value), depth)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _line(at: int | None, data: bytes, field: str, value: str, depth: int = 0) -> str:
    offset = "" if at is None else str(at)
    return f"{offset:>6}  {_hex(data, _SHOWN_BYTES):<26} {'  ' * depth}{field:<18} {value}".rstrip()


def _hex(data: bytes, most: int) -> str:
    return data[:most].hex(" ").upper() + (" .." if len(data) > most else "")
