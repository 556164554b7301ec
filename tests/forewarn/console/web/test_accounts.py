"""Accounts, as admins have them."""

from __future__ import annotations

import pytest

from alerts.record import iso
from forewarn.wall_clock import now_ms
from tests.forewarn.console.running import PASSWORD, Browser, Running
from tests.forewarn.gateway.gate import until


def log_in(running: Running, name: str, password: str) -> int:
    """The status of a login."""
    return Browser(running, None).http.post("/api/login", json={"name": name, "password": password}).status_code


def test_an_account_is_made_with_a_password_that_is_told_once(running: Running) -> None:
    """It opens; the list of accounts says nothing of it; the journal says who made it."""
    chief = Browser(running, "chief")
    made = chief.post("/api/accounts", name="North1", role="dispatcher", carrier="north").json()
    assert (made["account"]["name"], made["account"]["carrier"]) == ("north1", "north")
    assert log_in(running, "north1", made["password"]) == 200
    told = chief.get("/api/accounts").text
    assert made["password"] not in told and "north1" in told
    today = f"from={iso(now_ms() - 60_000)}&to={iso(now_ms() + 60_000)}"
    entries = chief.get(f"/api/journal?{today}").json()["entries"]
    (entry,) = [one for one in entries if one["what"] == "account_made"]
    assert entry["who"] == "chief" and made["password"] not in str(entry)


def test_an_account_that_is_disabled_is_out(running: Running) -> None:
    """With its sessions and pages."""
    chief, duty = Browser(running, "chief"), Browser(running)
    with duty.stream() as stream:
        until(lambda: len(running.console.tabs.all) == 1)
        assert chief.post("/api/accounts/duty", disabled=True).json()["account"]["disabled"] is True
        until(lambda: stream.closed)
    assert duty.get("/api/me").status_code == 401 and log_in(running, "duty", PASSWORD) == 401


def test_a_password_is_given_anew(running: Running) -> None:
    """The old one does not open any more."""
    chief = Browser(running, "chief")
    told = chief.post("/api/accounts/duty/password").json()
    assert log_in(running, "duty", PASSWORD) == 401 and log_in(running, "duty", told["password"]) == 200


@pytest.mark.parametrize(
    ("path", "given", "why"),
    [
        ("accounts", {"name": "x"}, "role: is needed"),
        ("accounts", {"name": "x", "role": "king"}, "no role"),
        ("accounts", {"name": "a b", "role": "viewer"}, "a name is"),
        ("accounts", {"name": "duty", "role": "viewer"}, "already"),
        ("accounts", {"name": "x", "role": "admin", "carrier": "north"}, "for all carriers"),
        ("accounts", {"name": "x", "role": "viewer", "password": "mine"}, "password: is not known"),
        ("accounts/duty", {"disabled": "yes"}, "disabled: is of another type"),
        ("accounts/none", {"disabled": True}, "no account"),
        ("accounts/none/password", {}, "no account"),
    ],
)
def test_what_cannot_be_is_refused(running: Running, path: str, given: dict[str, object], why: str) -> None:
    """With the reason."""
    answer = Browser(running, "chief").post(f"/api/{path}", **given)
    assert answer.status_code == 400 and why in answer.json()["message"]


def test_one_admin_is_left(running: Running) -> None:
    """Nobody can lock everybody out."""
    chief = Browser(running, "chief")
    assert chief.post("/api/accounts/admin", disabled=True).status_code == 200
    answer = chief.post("/api/accounts/chief", role="viewer")
    assert answer.status_code == 400 and "one admin" in answer.json()["message"]
