"""The journal: a page at a time as JSON, and all that is sought of it for spreadsheets, written as it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import msgspec
from starlette.responses import Response, StreamingResponse

from alerts.record import iso
from forewarn.console.actions import BadRequestError
from forewarn.console.store import journal
from forewarn.console.store.journal import Entry
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.console.web.numbers import whole
from forewarn.records import milliseconds

DAY_MS: Final = 24 * 3600 * 1000
MOST_DAYS: Final = 92
MOST_ENTRIES: Final = 1_000
"""Of a page, and of a portion of the table."""
USUAL: Final = 200
"""Entries of a page that does not say how many."""
MOST_TEXT: Final = 100
MOST_NAMES: Final = 2_000
"""Characters; the names are those of which the reader's own words have the text, divided by commas."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""


def entries(asked: Asked) -> dict[str, Any]:
    """Return entries of a time, the last day where none is given: the newest first, and whether there are more."""
    from_ms, to_ms = times(asked)
    limit = _number(asked, "limit", USUAL, MOST_ENTRIES)
    before = _number(asked, "before", journal.MOST_NUMBER, journal.MOST_NUMBER)
    text, names = _sought(asked)
    with asked.console.store.read() as c:
        found = journal.page(
            c, from_ms, to_ms, before=before, limit=limit + 1, carrier=asked.person.carrier,
            text=text, names=names,
        )  # fmt: skip
    lines = [{**told(one.entry), "kind": one.kind, "segment_id": one.segment_id} for one in found[:limit]]
    return {"entries": lines, "more": len(found) > limit}


def told(entry: Entry) -> dict[str, Any]:
    """Return an entry as it is told outside, its time as text."""
    fields = msgspec.structs.asdict(entry)
    return {"number": fields.pop("number"), "at": iso(fields.pop("at_ms")), **fields}


def table(asked: Asked) -> Response:
    """Return entries of a time as CSV, in their order; it is cut off where the store does not answer on the way."""
    portions = _portions(asked, *times(asked), *_sought(asked))
    first = next(portions)  # so that a store that does not answer is told of
    headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return StreamingResponse(chain((first,), portions), media_type="text/csv; charset=utf-8", headers=headers)


def times(asked: Asked) -> tuple[int, int]:
    """Return the time that is asked for, UTC epoch milliseconds; raises BadRequestError for none, or a long one."""
    to_ms = _moment(asked, "to", asked.now_ms + 1)
    from_ms = _moment(asked, "from", to_ms - DAY_MS)
    if not 0 < to_ms - from_ms <= MOST_DAYS * DAY_MS:
        raise BadRequestError(f"from, to: at most {MOST_DAYS} days, from before to")
    return from_ms, to_ms


def _portions(asked: Asked, from_ms: int, to_ms: int, text: str, names: list[str]) -> Iterator[str]:
    """Yield the table in portions, each of a transaction of its own: whoever loads slowly holds none."""
    out, after = io.StringIO("\ufeff"), 0
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow(("number", "at", "who", "what", "alarm", "vehicle", "carrier", "facts"))
    while True:
        with asked.console.store.read() as c:
            found = journal.between(
                c, from_ms, to_ms, after, MOST_ENTRIES, asked.person.carrier, text=text, names=names
            )
        for one in found:
            facts = msgspec.json.encode(one.facts).decode()
            cells = (iso(one.at_ms), one.who, one.what, one.alarm_id, one.vehicle, one.carrier, facts)
            writer.writerow((one.number, *(_cell(text) for text in cells)))
        yield out.getvalue()
        if len(found) < MOST_ENTRIES:
            return
        after = found[-1].number
        out.seek(0)
        out.truncate()


def _sought(asked: Asked) -> tuple[str, list[str]]:
    """Return the text that is looked for, and the names that stand for it."""
    text, names = asked.query.get("text", "").strip(), asked.query.get("names", "")
    if len(text) > MOST_TEXT or len(names) > MOST_NAMES:
        raise BadRequestError(f"text, names: at most {MOST_TEXT} and {MOST_NAMES} characters")
    return text, names.split(",") if names else []


def _number(asked: Asked, name: str, otherwise: int, most: int) -> int:
    number = whole(asked.query.get(name, str(otherwise)), 1, most)
    if number is None:
        raise BadRequestError(f"{name}: a whole number from 1 to {most}")
    return number


def _moment(asked: Asked, name: str, otherwise_ms: int) -> int:
    if name not in asked.query:
        return otherwise_ms
    try:
        return milliseconds(asked.query[name])
    except (ValueError, OverflowError) as error:
        raise BadRequestError(f"{name}: a time such as 2026-01-31T08:00:00Z") from error


def _cell(text: str | None) -> str:
    return f"'{text}" if text and text.startswith(FORMULA) else text or ""


TIMES: Final = {name: {"type": "string", "format": "date-time"} for name in ("from", "to")}
SOUGHT: Final = {
    **TIMES,
    "text": {"type": "string", "maxLength": MOST_TEXT},
    "names": {"type": "string", "maxLength": MOST_NAMES},
}
PAGE: Final = {
    **SOUGHT,
    "before": {"type": "integer", "minimum": 1, "maximum": journal.MOST_NUMBER},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ENTRIES},
}
ENDPOINTS = (
    Endpoint("GET", "/api/journal", "see", entries, "The journal of a time, else of the last day.", query=PAGE),
    Endpoint("GET", "/api/journal.csv", "see", table, "The same for a spreadsheet.", query=SOUGHT, tells="text/csv"),
)
