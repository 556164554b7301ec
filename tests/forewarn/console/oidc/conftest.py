"""What the tests of OpenID Connect share: a real provider, and a console that knows it, as new for each test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from forewarn.console.oidc.provider import Provider
from forewarn.console.people.limits import Limits
from forewarn.console.store import journal
from forewarn.console.store.tables import ACCOUNTS
from tests.forewarn.console.oidc.issuer import SECRET, Issuer, free_port
from tests.forewarn.console.running import Running


class Knowing(Running):
    """A console that knows a provider."""

    since = 0
    """Number of the last entry of the journal before the test."""


Console = Callable[..., Knowing]


@pytest.fixture(scope="module")
def _issuer() -> Iterator[Issuer]:
    with Issuer() as one:
        yield one


@pytest.fixture
def issuer(_issuer: Issuer) -> Issuer:
    """A provider that behaves."""
    _issuer.behave()
    return _issuer


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client's secret is."""
    path = tmp_path_factory.mktemp("oidc") / "secret"
    path.write_text(SECRET + "\n", "utf-8")
    return path


@pytest.fixture
def console(issuer: Issuer, sqlite_url: str, secret_file: Path) -> Console:
    """A console of the test's own, by the keys of its table that are to be otherwise."""

    def made(**more: Any) -> Knowing:
        port = free_port()
        return Knowing(sqlite_url, port=port, oidc=issuer.settings(port, secret_file, **more))

    return made


@pytest.fixture(scope="module")
def _running(_issuer: Issuer, secret_file: Path) -> Iterator[Knowing]:
    port = free_port()
    store = f"sqlite:///{secret_file.parent / 'console.db'}"
    with Knowing(store, port=port, oidc=_issuer.settings(port, secret_file)) as one:
        yield one


@pytest.fixture
def running(_running: Knowing, issuer: Issuer) -> Knowing:
    """One that admits whoever has a role; nobody has come by the provider yet."""
    console = _running.console
    was = console.oidc
    assert was is not None
    console.oidc = Provider(was.settings, SECRET, None, time.monotonic)
    console.limits = Limits(time.monotonic)
    with console.store.begin() as c:
        c.execute(delete(ACCOUNTS).where(ACCOUNTS.c.issuer.is_not(None)))
        _running.since = journal.newest(c)
    return _running
