"""What must not open the console: every way of a login by OpenID Connect that is wrong, at a real provider."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import structlog

from forewarn.console.people import accounts
from forewarn.console.people.limits import ELSEWHERE
from tests.forewarn.console.oidc.conftest import Console, Knowing
from tests.forewarn.console.oidc.issuer import (
    WANG,
    Issuer,
    Visitor,
)
from tests.forewarn.console.oidc.test_login import account, entries
from tests.forewarn.console.running import PASSWORD, Browser


def refused(running: Knowing, visitor: Visitor, told: str, reason: str) -> None:
    """Nobody is in: the page is told why by a name of the table, and the journal too."""
    assert told == f"/#login={reason}"
    assert visitor.me() is None and "forewarn" not in visitor.http.cookies
    _, _, facts = entries(running, "login_failed")[-1]
    assert facts["reason"] == reason and facts["by"] == "oidc" and facts["address"] == "127.0.0.1"


def changed(address: str, **query: str | None) -> str:
    """An address with other answers in it."""
    parts = urlsplit(address)
    found = {key: values[0] for key, values in parse_qs(parts.query).items()} | query
    return parts._replace(query=urlencode({key: value for key, value in found.items() if value is not None})).geturl()


@pytest.mark.parametrize("state", ["", None, "x" * 32, "é", "a" * 100_00])
def test_another_state(running: Knowing, issuer: Issuer, state: str | None) -> None:
    """An answer that this browser did not ask for does nothing: the code is not even shown to the provider."""
    visitor = Visitor(running)
    told = visitor.back(changed(visitor.there(visitor.begin()), state=state))
    refused(running, visitor, told, "begin_again")
    assert "/oauth2/token" not in issuer.paths()


def test_another_browser(running: Knowing, issuer: Issuer) -> None:
    """Whoever gets somebody to follow their own answer does not get them into their account."""
    attacker, victim = Visitor(running), Visitor(running)
    address = attacker.there(attacker.begin())
    refused(running, victim, victim.back(address), "begin_again")
    victim.begin()
    refused(running, victim, victim.back(address), "begin_again")
    assert "/oauth2/token" not in issuer.paths()


def test_a_cookie_that_was_made_up(running: Knowing) -> None:
    """Only what was sealed here is believed."""
    visitor = Visitor(running)
    address = visitor.there(visitor.begin())
    was = visitor.http.cookies["forewarn_oidc"]
    for made_up in ("", "x", "a.b.c.d.e", was[:-4] + "AAAA", was + "x", "x" * 5000):
        visitor.http.cookies.clear()
        visitor.http.cookies.set("forewarn_oidc", made_up, domain="127.0.0.1", path="/api/oidc")
        refused(running, visitor, visitor.back(address), "begin_again")


def test_a_login_that_took_too_long(running: Knowing, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes one begins again, though the browser still has the cookie."""
    visitor = Visitor(running)
    address = visitor.there(visitor.begin())
    monkeypatch.setattr("forewarn.console.web.routes.oidc.now_ms", lambda: (int(time.time()) + 601) * 1000)
    refused(running, visitor, visitor.back(address), "begin_again")


def test_a_code_is_good_once(running: Knowing) -> None:
    """A replayed answer with the cookie of before begins no second session."""
    visitor = Visitor(running)
    address = visitor.there(visitor.begin())
    cookie = visitor.http.cookies["forewarn_oidc"]
    assert visitor.back(address) == "/"
    again = Visitor(running)
    again.http.cookies.set("forewarn_oidc", cookie, domain="127.0.0.1", path="/api/oidc")
    refused(running, again, again.back(address), "begin_again")


def test_another_logins_code(running: Knowing) -> None:
    """A code that was caught elsewhere does not fit this login: PKCE."""
    thief, other = Visitor(running), Visitor(running)
    caught = parse_qs(urlsplit(other.there(other.begin())).query)["code"][0]
    told = thief.back(changed(thief.there(thief.begin()), code=caught))
    refused(running, thief, told, "begin_again")


def test_no_code(running: Knowing) -> None:
    """Nothing to show to the provider."""
    visitor = Visitor(running)
    refused(running, visitor, visitor.back(changed(visitor.there(visitor.begin()), code=None)), "begin_again")


@pytest.mark.parametrize("groups", [[], ["unheard-of"], "", None, 5, {"it": 1}, [["it"]], ["IT"], "it fleet-edit"])
def test_no_role(running: Knowing, issuer: Issuer, groups: Any) -> None:
    """Whatever else the claim holds."""
    issuer.users[WANG]["groups"] = groups
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "no_role")
    assert account(running) is None


@pytest.mark.parametrize("carrier", [None, "", " ", ["north", "south"], [], 5, {}])
def test_no_carrier(running: Knowing, issuer: Issuer, carrier: Any) -> None:
    """No carrier is not all carriers."""
    issuer.users[WANG]["carrier"] = carrier
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "no_carrier")


def test_a_role_that_is_taken_away_ends_the_sessions(running: Knowing, issuer: Issuer) -> None:
    """At the next try to log in; the account may in again once it has one."""
    before, visitor = Visitor(running), Visitor(running)
    before.log_in()
    issuer.users[WANG]["groups"] = []
    refused(running, visitor, visitor.log_in(), "no_role")
    assert before.me() is None
    issuer.users[WANG]["groups"] = ["fleet-viewers"]
    assert visitor.log_in() == "/"


def test_a_disabled_account(running: Knowing, issuer: Issuer) -> None:
    """Whatever the provider says, and nothing that it says is taken over."""
    Visitor(running).log_in()
    assert Browser(running, "chief").post("/api/accounts/wang.wei", disabled=True).status_code == 200
    issuer.users[WANG]["groups"] = ["it"]
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "disabled")
    assert (account(running).role, account(running).disabled) == ("dispatcher", True)
    assert entries(running, "login_failed")[-1][0] == "wang.wei"


def test_the_name_of_another(running: Knowing, issuer: Issuer) -> None:
    """Who calls themselves as somebody else does not become them, nor a part of the software."""
    for name, reason in (
        ("chief", "name_taken"),
        (" CHIEF ", "name_taken"),
        ("system", "name_wrong"),
        ("nobody", "name_wrong"),
        ("=1+1", "name_wrong"),
        ("<script>", "name_wrong"),
        ("x" * 65, "name_wrong"),
        (["duty"], "name_taken"),
        (None, "name_wrong"),
        (7, "name_wrong"),
    ):
        issuer.users[WANG]["preferred_username"] = name
        visitor = Visitor(running)
        refused(running, visitor, visitor.log_in(), reason)
    assert account(running, "chief").issuer is None


def test_the_last_admin(console: Console, issuer: Issuer) -> None:
    """Is not made another by the provider: then there would be none."""
    issuer.users[WANG]["groups"] = ["it"]
    with console() as running:
        Visitor(running).log_in()
        with running.console.store.begin() as c:
            for name in ("chief", "admin"):
                accounts.change(c, name, at_ms=0, disabled=True)
        issuer.users[WANG]["groups"] = ["fleet-viewers"]
        visitor = Visitor(running)
        refused(running, visitor, visitor.log_in(), "last_admin")
        assert account(running).role == "admin"


def test_what_the_provider_says_no_to(running: Knowing, issuer: Issuer) -> None:
    """Told in the console's own words; what the address says besides is not repeated anywhere."""
    visitor = Visitor(running)
    told = visitor.back(visitor.there(visitor.begin(), action="deny"))
    # the provider's refusal carries no state, so it cannot be told from one that was made up
    refused(running, visitor, told, "begin_again")
    for error, reason in (
        ("access_denied", "refused_there"),
        ("server_error", "provider_down"),
        ("<img src=x>", "refused_there"),
    ):
        state = parse_qs(urlsplit(visitor.begin()).query)["state"][0]
        query = urlencode({"error": error, "error_description": "<b>call 555", "state": state})
        with structlog.testing.capture_logs() as logs:
            refused(running, visitor, visitor.back(f"/api/oidc/callback?{query}"), reason)
        assert "555" not in str(logs) and "<" not in str(logs)


def test_another_issuer_sends_them_back(running: Knowing, issuer: Issuer) -> None:
    """Where an answer says whose it is, that must be this one's (RFC 9207); where it must say so, it must."""
    visitor = Visitor(running)
    told = visitor.back(changed(visitor.there(visitor.begin()), iss="https://evil.example"))
    refused(running, visitor, told, "begin_again")
    assert visitor.back(changed(visitor.there(visitor.begin()), iss=issuer.url)) == "/"


def test_a_provider_that_names_itself_must(console: Console, issuer: Issuer) -> None:
    """By its description."""
    named = {"authorization_response_iss_parameter_supported": True}
    issuer.change["/.well-known/openid-configuration"] = lambda told: told | named
    with console() as running:
        visitor = Visitor(running)
        refused(running, visitor, visitor.log_in(), "begin_again")


def test_tries_are_limited_by_address(running: Knowing, issuer: Issuer) -> None:
    """Those that fail; the journal is not filled by more of them, and nobody's password is locked by it."""
    visitor = Visitor(running)
    said = [visitor.back("/api/oidc/callback?code=x&state=y") for _ in range(ELSEWHERE.burst + 10)]
    assert said == ["/#login=begin_again"] * ELSEWHERE.burst + ["/#login=too_often"] * 10
    assert len(entries(running, "login_failed")) == ELSEWHERE.burst
    assert visitor.log_in() == "/#login=too_often"
    assert Browser(running, "duty").csrf


def test_logins_that_succeed_are_not_counted(running: Knowing) -> None:
    """A room of dispatchers behind one address comes in at the change of shift."""
    assert {Visitor(running).log_in() for _ in range(ELSEWHERE.burst + 5)} == {"/"}


def test_wrong_passwords_do_not_lock_the_other_way(running: Knowing) -> None:
    """Nor does anybody's guessing of passwords keep out who needs none."""
    http = Browser(running, None).http
    for k in range(30):
        http.post("/api/login", json={"name": f"x{k}", "password": "wrong"})
    assert http.post("/api/login", json={"name": "duty", "password": PASSWORD}).status_code == 429
    assert Visitor(running).log_in() == "/"


def test_no_answer_leads_elsewhere(running: Knowing) -> None:
    """Wherever the address asks to be sent, it is the page or the provider that was set."""
    elsewhere = "https://evil.example/"
    visitor = Visitor(running)
    for name in ("next", "redirect", "redirect_uri", "return_to", "url"):
        sent = visitor.http.get("/api/oidc/login", params={name: elsewhere}).headers["location"]
        assert sent.startswith(running.console.oidc.settings.issuer) and "evil" not in sent  # type: ignore[union-attr]
        address = changed(visitor.there(sent), **{name: elsewhere})
        assert visitor.back(address) == "/"
    for host in ("evil.example", "127.0.0.1:1"):
        answer = visitor.http.get("/api/oidc/login", headers={"Host": host, "X-Forwarded-Host": host})
        sent = parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"]
        assert sent == [running.address + "api/oidc/callback"]
