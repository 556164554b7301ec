"""What the tests of people share: hashes that take no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from forewarn.console.people import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[PasswordHasher]:
    """Real Argon2, its parameters so small that a test may hash often."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    passwords._nobodys.cache_clear()
    yield CHEAP
    passwords._nobodys.cache_clear()
