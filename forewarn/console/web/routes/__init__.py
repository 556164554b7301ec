"""The endpoints, one module a subject, in one form; this table lists them."""

from __future__ import annotations

from typing import Final

from forewarn.console.web.endpoint import Endpoint
from forewarn.console.web.routes import account, alarms, journal, segments, tables, vehicles

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *account.ENDPOINTS,
    *tables.ENDPOINTS,
    *alarms.ENDPOINTS,
    *vehicles.ENDPOINTS,
    *segments.ENDPOINTS,
    *journal.ENDPOINTS,
)
"""All of the JSON interface but the stream."""
