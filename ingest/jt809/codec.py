"""Messages to what JSON can hold, and back: the layout of a message by its id, or sub-id, and version."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

import construct as c

from ingest.jt808.codec import Decoded
from ingest.jt808.errors import BodyError
from ingest.jt808.reading import plain
from ingest.jt809.cipher import Cipher
from ingest.jt809.envelope import (
    ENVELOPES,
    REGISTRATION_ANSWER,
    SOURCE,
    SOURCE_BEFORE_LENGTH,
    Envelope,
    closed,
    envelope_of,
    names_vehicle,
    opened,
)
from ingest.jt809.fields import VEHICLE
from ingest.jt809.frame import PLAIN, Frame, decrypted
from ingest.jt809.messages import MESSAGES

HIDDEN: Final = "***"
"""What stands for a password where a frame is told to a person."""
_SOURCE: Final = c.Struct(*SOURCE)


def version_of(number: int, data: bytes, version: int) -> int:
    """Return the version of a message: 2019 as agreed, else what the data tell of 2011 and its supplement of 2013."""
    tell = getattr(MESSAGES.get(number), "tell", None)
    return int(tell(data)) if tell is not None and version < 2019 else version


def decode_body(number: int, body: bytes, version: int) -> Decoded:
    """Return a body in words; raises BodyError where it is not laid out as its message is.

    That of an envelope has ``sub_id``, where a vehicle is named ``plate`` and ``plate_colour``, and the fields of the
    message in it.
    """
    if number not in ENVELOPES:
        return _read(number, body, version)
    return decode_envelope(opened(number, body, version), version)


def decode_envelope(envelope: Envelope, version: int) -> Decoded:
    """Return the message of an envelope in words; raises BodyError."""
    told: dict[str, Any] = {"sub_id": f"0x{envelope.sub_id:04X}"}
    if envelope.vehicle:
        told |= plain(VEHICLE.parse(envelope.vehicle))
    if envelope.source:
        told |= plain(_SOURCE.parse(envelope.source))
    inner = _read(envelope.sub_id, envelope.data, version)
    told |= inner.body
    if envelope.rest:
        told["rest_of_envelope"] = envelope.rest.hex().upper()
    return Decoded(inner.name, inner.version, told)


def decode(frame: Frame, cipher: Cipher | None = None) -> Decoded:
    """Return a frame's message in words, for a person: passwords are hidden; raises BodyError.

    Where it is encrypted and there is no cipher its bytes are all that is told.
    """
    header = frame.header
    if header.encryption != PLAIN and cipher is None and frame.body:
        name = MESSAGES[header.id].NAME if header.id in MESSAGES else None
        return Decoded(name, header.version, {"hex": frame.body.hex().upper()})
    found = decode_body(header.id, decrypted(frame, cipher).body, header.version)
    return Decoded(found.name, found.version, {k: HIDDEN if k == "password" else v for k, v in found.body.items()})


def encode_body(number: int, body: Mapping[str, Any], version: int) -> bytes:
    """Return the bytes of a body; raises BodyError for what its layout cannot hold or lacks."""
    if number not in ENVELOPES:
        return _write(number, body, version)
    try:
        sub_id = int(body["sub_id"], 16)
        if envelope_of(sub_id) != number:
            raise BodyError("not_written", f"0x{sub_id:04X} does not stand in 0x{number:04X}")
        named = names_vehicle(number, version) and not (version >= 2019 and sub_id == REGISTRATION_ANSWER)
        vehicle = VEHICLE.build(dict(body)) if named else b""
        source = _SOURCE.build(dict(body)) if version >= 2019 and sub_id in SOURCE_BEFORE_LENGTH else b""
        rest = bytes.fromhex(body.get("rest_of_envelope", ""))
    except (c.ConstructError, KeyError, TypeError, ValueError) as error:
        raise BodyError("not_written", _said(f"0x{number:04X}", error)) from error
    return closed(sub_id, vehicle, _write(sub_id, body, version), source) + rest


def _read(number: int, data: bytes, version: int) -> Decoded:
    module = MESSAGES.get(number)
    if module is None:
        return Decoded(None, version, {"hex": data.hex().upper()})
    version = version_of(number, data, version)
    layout = getattr(module, "LAYOUTS", {}).get(version, module.LAYOUT)
    stream = io.BytesIO(data)
    try:
        read = plain(layout.parse_stream(stream))
    except c.ConstructError as error:
        raise BodyError("bad_body", _said(module.NAME, error)) from error
    rest = stream.read()
    return Decoded(module.NAME, version, {**read, "rest": rest.hex().upper()} if rest else read)


def _write(number: int, body: Mapping[str, Any], version: int) -> bytes:
    try:
        if number not in MESSAGES:
            return bytes.fromhex(body["hex"])
        module = MESSAGES[number]
        layout = getattr(module, "LAYOUTS", {}).get(version, module.LAYOUT)
        return bytes(layout.build(dict(body))) + bytes.fromhex(body.get("rest", ""))
    except (c.ConstructError, KeyError, TypeError, ValueError) as error:
        name = MESSAGES[number].NAME if number in MESSAGES else f"0x{number:04X}"
        raise BodyError("not_written", _said(name, error)) from error


def _said(name: str, error: Exception) -> str:
    return f"{name}: {' '.join(str(error).split())[:160]}"
