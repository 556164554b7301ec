"""A provider, or a store, that does not answer as it should: said in words, and passwords open meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import structlog

from forewarn.console.oidc.provider import MOST_AT_ONCE
from forewarn.console.store import StoreError
from tests.forewarn.console.oidc.conftest import Knowing
from tests.forewarn.console.oidc.issuer import Issuer, Visitor, free_port
from tests.forewarn.console.oidc.test_refusals import refused
from tests.forewarn.console.running import Browser
from tests.forewarn.gateway.gate import until


def test_a_provider_that_is_gone(sqlite_url: str, secret_file: Path) -> None:
    """Is said in words, asked for rarely, and passwords still open."""
    port = free_port()
    with Issuer() as issuer:
        settings = issuer.settings(port, secret_file)
    with Knowing(sqlite_url, port=port, oidc=settings) as running:
        with structlog.testing.capture_logs() as logs:
            assert {Visitor(running).begin() for _ in range(5)} == {"/#login=provider_down"}
        assert {one["why"] for one in logs} == {"ConnectError"}
        assert Browser(running, "duty").csrf


def test_a_provider_that_fails_on_the_way(running: Knowing, issuer: Issuer) -> None:
    """While the code is shown: nobody is in, and the next try may be."""
    visitor = Visitor(running)
    issuer.down.add("/oauth2/token")
    refused(running, visitor, visitor.log_in(), "provider_down")
    issuer.down.clear()
    assert visitor.log_in() == "/"


def test_a_provider_that_hangs_holds_up_nobody_else(
    running: Knowing, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those beyond a few are told at once, and passwords open meanwhile."""
    monkeypatch.setattr("forewarn.console.oidc.provider.TIMEOUT", 60.0)
    visitors = [Visitor(running) for _ in range(MOST_AT_ONCE + 4)]
    addresses = [one.there(one.begin()) for one in visitors]
    hanging = threading.Event()

    def hang(told: dict[str, Any]) -> dict[str, Any]:
        hanging.wait(50)
        return told

    issuer.change["/oauth2/token"] = hang
    told: list[str] = []
    threads = [
        threading.Thread(target=lambda v, a: told.append(v.back(a)), args=pair)
        for pair in zip(visitors, addresses, strict=True)
    ]
    for one in threads:
        one.start()
    try:
        until(lambda: len(told) == 4, 20)
        assert Browser(running, "duty").csrf and len(told) == 4
    finally:
        hanging.set()
        for one in threads:
            one.join(20)
    assert sorted(told) == ["/"] * MOST_AT_ONCE + ["/#login=provider_down"] * 4


def test_a_store_that_waits_is_said(running: Knowing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one can read it: on the page."""
    visitor = Visitor(running)
    address = visitor.there(visitor.begin())

    def waits(*_: Any, **__: Any) -> None:
        raise StoreError("locked")

    monkeypatch.setattr("forewarn.console.oidc.admitting.admit", waits)
    assert visitor.back(address) == "/#login=store_waits"


def test_a_wrong_secret(issuer: Issuer, sqlite_url: str, tmp_path: Path) -> None:
    """The provider says so, and the operator is told which answer it was, not which secret."""
    secret = tmp_path / "secret"
    secret.write_text("another secret, wrong", "utf-8")
    port = free_port()
    with Knowing(sqlite_url, port=port, oidc=issuer.settings(port, secret)) as running:
        visitor = Visitor(running)
        address = visitor.there(visitor.begin())
        issuer.refuse = "invalid_client"
        with structlog.testing.capture_logs() as logs:
            refused(running, visitor, visitor.back(address), "provider_wrong")
        assert [one["why"] for one in logs] == ["it answers invalid_client"]
