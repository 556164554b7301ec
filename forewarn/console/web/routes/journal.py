"""The journal, as JSON and for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

import msgspec
from starlette.responses import Response

from alerts.record import iso
from forewarn.console.actions import BadRequestError
from forewarn.console.store import journal
from forewarn.console.store.journal import Entry
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.records import milliseconds

DAY_MS: Final = 24 * 3600 * 1000
MOST_DAYS: Final = 92
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""


def entries(asked: Asked) -> dict[str, Any]:
    """Return the entries of a time, the last day where none is given."""
    return {"entries": [told(one) for one in _entries(asked)]}


def told(entry: Entry) -> dict[str, Any]:
    """Return an entry as it is told outside, its time as text."""
    fields = msgspec.structs.asdict(entry)
    return {"number": fields.pop("number"), "at": iso(fields.pop("at_ms")), **fields}


def table(asked: Asked) -> Response:
    """Return the same as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("number", "at", "who", "what", "alarm", "vehicle", "carrier", "facts"))
    for one in _entries(asked):
        facts = msgspec.json.encode(one.facts).decode()
        cells = (iso(one.at_ms), one.who, one.what, one.alarm_id, one.vehicle, one.carrier, facts)
        writer.writerow((one.number, *(_cell(text) for text in cells)))
    headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def times(asked: Asked) -> tuple[int, int]:
    """Return the time that is asked for, UTC epoch milliseconds; raises BadRequestError for none, or a long one."""
    to_ms = _moment(asked, "to", asked.now_ms + 1)
    from_ms = _moment(asked, "from", to_ms - DAY_MS)
    if not 0 < to_ms - from_ms <= MOST_DAYS * DAY_MS:
        raise BadRequestError(f"from, to: at most {MOST_DAYS} days, from before to")
    return from_ms, to_ms


def _entries(asked: Asked) -> list[Entry]:
    from_ms, to_ms = times(asked)
    with asked.console.store.read() as c:
        return list(journal.all_between(c, from_ms, to_ms, asked.person.carrier))


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
ENDPOINTS = (
    Endpoint("GET", "/api/journal", "see", entries, "The journal of a time, else of the last day.", query=TIMES),
    Endpoint("GET", "/api/journal.csv", "see", table, "The same for a spreadsheet.", query=TIMES, tells="text/csv"),
)
