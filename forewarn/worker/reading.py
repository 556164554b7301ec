"""Records of the positions topic as messages: what a header says of their form."""

from __future__ import annotations

from typing import Any, Final

from ingest.messages import Message
from ingest.positions import UNKNOWN_MS

CONTENT_TYPE: Final = "content-type"
FORMS: Final = {
    "application/json": "json",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/vnd.apache.arrow.file": "arrow",
}
"""Value of the header ``content-type`` to form; any other, and none, leaves it to the first bytes."""


def message_of(record: Any) -> Message:
    """Return the message of a record of kafka-python's consumer."""
    received = record.timestamp
    if received is None or received < 0:
        received = UNKNOWN_MS
    return Message(record.value, record.key, record.offset, received, _form(record.headers) if record.headers else None)


def message_from(record: Any) -> Message:
    """Return the message of a record of librdkafka's consumer."""
    kind, received = record.timestamp()
    headers = record.headers()
    form = _form(headers) if headers else None
    return Message(record.value(), record.key(), record.offset(), received if kind else UNKNOWN_MS, form)


def _form(headers: Any) -> str | None:
    form = None
    for name, value in headers:
        if name.lower() == CONTENT_TYPE and value is not None:
            form = FORMS.get(value.decode("latin-1").split(";")[0].strip().lower())
    return form
