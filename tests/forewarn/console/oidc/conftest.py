"""What the tests of OpenID Connect share: a real provider, and a console that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.forewarn.console.oidc.issuer import SECRET, Issuer, free_port
from tests.forewarn.console.running import Running

Console = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A provider."""
    with Issuer() as running:
        yield running


@pytest.fixture
def console(issuer: Issuer, sqlite_url: str, tmp_path: Path) -> Console:
    """A console, by the keys of its table that a test has otherwise."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n", "utf-8")

    def made(**more: Any) -> Running:
        port = free_port()
        return Running(sqlite_url, port=port, oidc=issuer.settings(port, secret, **more))

    return made


@pytest.fixture
def running(console: Console) -> Iterator[Running]:
    """One that admits whoever has a role."""
    with console() as one:
        yield one
