"""What a link does with the messages about vehicles and platforms, which stand in envelopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ingest.jt809.codec import decode_envelope
from ingest.jt809.connection import Message
from ingest.jt809.envelope import opened
from ingest.jt809.management import Handler
from ingest.jt809.outputs import Told
from ingest.jt809.positions import POSITION_IDS
from ingest.jt809.prompts import ANSWER

if TYPE_CHECKING:
    from ingest.jt809.link import Link

DRIVERS: Final = (0x120A, 0x120C)
"""Messages that tell who drives a vehicle; none tells when a driver has left it."""


def exchange(link: Link, message: Message) -> None:
    """Take in what an envelope holds: positions, who drives, an answer to a text, or something to be told."""
    version = link.settings.version
    envelope = opened(message.header.id, message.body, version)
    if envelope.sub_id in POSITION_IDS:
        link.positions.add(version, envelope.vehicle, envelope.sub_id, envelope.data, message.now_ms)
        return
    told = decode_envelope(envelope, version)
    if told.name is None:
        link.counts["rejected", "unsupported"] += 1
        return
    if envelope.sub_id == ANSWER:
        answered = link.prompts.answered(told.body)
        if answered is None:
            link.counts["rejected", "unasked_answer"] += 1
        else:
            link.put(answered)
        return
    if envelope.sub_id in DRIVERS:
        who = (told.body[name].strip() for name in ("certificate", "driver_id", "driver_name"))
        link.positions.drives(envelope.vehicle, next(filter(None, who), None))
    link.put(Told(told.name, envelope.sub_id, message.header.serial, told.body))
    answer = _answer(envelope.sub_id, message.header.serial, told.body, version)
    if answer is not None:
        link.send(answer, message.now_ms)


def _answer(sub_id: int, serial: int, told: dict[str, Any], version: int) -> dict[str, Any] | None:
    """Return the answer to what needs no decision; None where there is none or a person has to give it."""
    source = {"source_id": f"0x{sub_id:04X}", "source_serial": serial}
    if sub_id in (0x9205, 0x9206):
        vehicle = {"plate": told["plate"], "plate_colour": told["plate_colour"]}
        return {"sub_id": f"0x{sub_id - 0x8000:04X}", **vehicle, **source}
    if sub_id == 0x9302:
        return {"sub_id": "0x1302", "text_id": told["text_id"], **source}
    if sub_id == 0x1201 and version >= 2019:
        return {"sub_id": "0x9201", "result": "registered", **source}
    return None


UPPER: Final[dict[int, Handler]] = dict.fromkeys((0x1200, 0x1300, 0x1400, 0x1500), exchange)
LOWER: Final[dict[int, Handler]] = dict.fromkeys((0x9200, 0x9300, 0x9400, 0x9500), exchange)
