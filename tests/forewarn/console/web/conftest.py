"""What the tests of the interface share: a console that runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forewarn.console.running import Running


@pytest.fixture
def running(sqlite_url: str) -> Iterator[Running]:
    """A console of two carriers' vehicles and five accounts."""
    with Running(sqlite_url) as running:
        yield running
