"""The endpoints, one module a subject, in one form; this table lists them."""

from __future__ import annotations

from typing import Final

from forewarn.console.web.endpoint import Endpoint
from forewarn.console.web.openapi import description
from forewarn.console.web.routes import (
    account,
    accounts,
    alarms,
    journal,
    oidc,
    reports,
    segment_figures,
    segment_versions,
    segments,
    tables,
    vehicles,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *account.ENDPOINTS,
    *oidc.ENDPOINTS,
    *accounts.ENDPOINTS,
    *tables.ENDPOINTS,
    *alarms.ENDPOINTS,
    *vehicles.ENDPOINTS,
    *segments.ENDPOINTS,
    *segment_figures.ENDPOINTS,
    *segment_versions.ENDPOINTS,
    *journal.ENDPOINTS,
    *reports.ENDPOINTS,
    Endpoint("GET", "/api/openapi.json", "see", lambda _: description(ENDPOINTS), "This description."),
)
"""All of the JSON interface but the stream."""
