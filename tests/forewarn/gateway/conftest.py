"""What the tests of the gateway share: its log, kept from the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def said() -> Iterator[list[Any]]:
    """What was logged in a test."""
    structlog.reset_defaults()
    with capture_logs() as said:
        yield said
    structlog.reset_defaults()
