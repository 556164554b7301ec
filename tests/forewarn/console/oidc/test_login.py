"""Logging in by OpenID Connect: a real console, a real provider, the whole way there and back."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from joserfc.jwk import JWKRegistry

from forewarn.console.people import accounts
from forewarn.console.store import accounts as kept
from forewarn.console.store import journal
from tests.forewarn.console.made import alert
from tests.forewarn.console.oidc.conftest import Console, Knowing
from tests.forewarn.console.oidc.issuer import CLIENT, SECRET, WANG, Issuer, Visitor, signed
from tests.forewarn.console.running import Browser, Running
from tests.forewarn.gateway.gate import until


def entries(running: Knowing, *what: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Who did what, with the facts, of the journal's entries of these kinds."""
    with running.console.store.read() as c:
        return [(one.who, one.what, one.facts) for one in journal.since(c, running.since) if one.what in what]


def account(running: Running, name: str = "wang.wei") -> Any:
    """An account."""
    with running.console.store.read() as c:
        return accounts.find(c, name)


def test_a_login_makes_an_account_and_a_session(running: Knowing, issuer: Issuer) -> None:
    """With the role, the carrier and the name that the provider tells; what can be done with it is as by a password."""
    visitor = Visitor(running)
    assert visitor.log_in() == "/"
    me = visitor.me()
    assert me is not None
    assert (me["name"], me["role"], me["carrier"]) == ("wang.wei", "dispatcher", "north")
    running.raised(alert("fatigue", id="n", vehicle="N1"), alert("fatigue", id="s", vehicle="S1"))
    (alarm,) = visitor.http.get("/api/alarms").json()["alarms"]
    assert alarm["vehicle"] == "N1"
    done = f"/api/alarms/{alarm['id']}/acknowledge"
    assert visitor.http.post(done, json={"version": alarm["version"]}).status_code == 403
    headers = {"X-CSRF-Token": me["csrf"]}
    assert visitor.http.post(done, json={"version": alarm["version"]}, headers=headers).status_code == 200
    assert visitor.http.post("/api/logout", json={}, headers=headers).status_code == 200
    assert visitor.me() is None


def test_the_journal_says_how(running: Knowing) -> None:
    """The account that was made, and the login, both by the provider's word."""
    visitor = Visitor(running)
    visitor.log_in()
    made, in_ = entries(running, "account_made", "logged_in")
    assert made == (
        "wang.wei",
        "account_made",
        {"by": "oidc", "account": "wang.wei", "role": "dispatcher", "carrier": "north"},
    )
    assert in_ == ("wang.wei", "logged_in", {"by": "oidc", "address": "127.0.0.1"})


def test_what_the_provider_is_asked(running: Knowing, issuer: Issuer) -> None:
    """A code, with PKCE, a state and a nonce that are new each time; the secret goes to the token's address alone."""
    visitor = Visitor(running)
    first, second = (parse_qs(urlsplit(visitor.begin()).query) for _ in range(2))
    assert first["response_type"] == ["code"] and first["client_id"] == [CLIENT]
    assert first["redirect_uri"] == [running.address + "api/oidc/callback"]
    assert first["scope"] == ["openid profile email"] and first["code_challenge_method"] == ["S256"]
    for key in ("state", "nonce", "code_challenge"):
        assert first[key] != second[key] and len(first[key][0]) >= 32
    visitor.log_in()
    ((sent, headers),) = [(sent, headers) for path, sent, headers in issuer.asked if path == "/oauth2/token"]
    assert len(sent["code_verifier"]) >= 43 and "client_secret" not in sent
    assert base64.b64decode(headers["Authorization"].split()[1]).decode() in (
        f"{CLIENT}:{SECRET}",
        f"{CLIENT}:{quote_plus(SECRET)}",
    )
    assert all(SECRET not in str(sent) for _, sent, _ in issuer.asked)


def test_the_cookie_of_a_login_under_way_is_sealed(running: Knowing) -> None:
    """No script reads it, no form of another site sends it, and it tells nothing; afterwards it is gone."""
    visitor = Visitor(running)
    answer = visitor.http.get("/api/oidc/login")
    set_cookie = answer.headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=lax", "path=/api/oidc", "max-age=600"):
        assert attribute in set_cookie
    assert "secure" not in set_cookie
    sent = parse_qs(urlsplit(answer.headers["location"]).query)
    for part in visitor.http.cookies["forewarn_oidc"].split("."):
        opened = base64.urlsafe_b64decode(part + "==")
        assert sent["state"][0].encode() not in opened and sent["nonce"][0].encode() not in opened
    assert visitor.back(visitor.there(answer.headers["location"])) == "/"
    assert "forewarn_oidc" not in visitor.http.cookies


def test_a_second_login_is_the_same_account(running: Knowing, issuer: Issuer) -> None:
    """By the subject, whatever they are called by now; nothing is made or changed."""
    Visitor(running).log_in()
    was = account(running)
    issuer.users[WANG]["preferred_username"] = "wang.renamed"
    visitor = Visitor(running)
    assert visitor.log_in() == "/" and account(running) == was
    assert visitor.me()["name"] == "wang.wei"  # type: ignore[index]
    assert len(entries(running, "account_made", "account_changed")) == 1


def test_a_changed_role_is_taken_over_and_ends_what_was_open(running: Knowing, issuer: Issuer) -> None:
    """At the next login: sessions and pages with the rights of before are over."""
    before = Browser(running, None)
    visitor = Visitor(running)
    visitor.log_in()
    before.http.cookies = visitor.http.cookies
    with before.stream() as stream:
        until(lambda: len(running.console.tabs.all) == 1)
        issuer.users[WANG] |= {"groups": ["unheard-of", "fleet-viewers"], "carrier": "*"}
        now = Visitor(running)
        assert now.log_in() == "/"
        until(lambda: stream.closed)
    assert before.get("/api/me").status_code == 401
    me = now.me()
    assert me is not None and (me["role"], me["carrier"], me["rights"]) == ("viewer", None, ["see"])
    (changed,) = entries(running, "account_changed")
    assert changed[2] == {"by": "oidc", "account": "wang.wei", "role": "viewer", "carrier": None}


def test_the_highest_of_several_roles_holds(running: Knowing, issuer: Issuer) -> None:
    """And whoever edits or administers sees all carriers, whatever theirs is."""
    issuer.users[WANG]["groups"] = ["fleet-viewers", "it", "fleet-dispatch"]
    visitor = Visitor(running)
    visitor.log_in()
    me = visitor.me()
    assert me is not None and (me["role"], me["carrier"]) == ("admin", None)


def test_whom_an_admin_has_put_down_may_in_where_nobody_is_admitted(console: Console, issuer: Issuer) -> None:
    """The journal tells by which subject; the account has no password, and none can be given to it."""
    with console(admit=False) as running:
        visitor, chief = Visitor(running), Browser(running, "chief")
        assert visitor.log_in() == "/#login=not_admitted" and visitor.me() is None
        (failed,) = entries(running, "login_failed")
        subject = failed[2]["subject"]
        made = chief.post("/api/accounts", name="wang", role="viewer", subject=subject)
        assert made.status_code == 200 and made.json()["password"] is None
        assert made.json()["account"]["issuer"] == issuer.url
        assert chief.post("/api/accounts/wang/password").status_code == 400
        assert visitor.log_in() == "/"
        me = visitor.me()
        assert me is not None and (me["name"], me["role"], me["carrier"]) == ("wang", "dispatcher", "north")


def test_without_a_claim_of_roles_they_are_the_consoles_own(console: Console, issuer: Issuer) -> None:
    """The provider tells who it is, the admin what they may."""
    with console(role_claim=None, roles={}, carrier_claim=None, all_carriers=None, admit=False) as running:
        made = Browser(running, "chief").post(
            "/api/accounts", name="wang", role="viewer", carrier="south", subject=WANG
        )
        assert made.status_code == 200
        visitor = Visitor(running)
        assert visitor.log_in() == "/"
        me = visitor.me()
        assert me is not None and (me["role"], me["carrier"]) == ("viewer", "south")


def test_claims_that_only_userinfo_tells_are_asked_for(running: Knowing, issuer: Issuer) -> None:
    """As many providers keep ID tokens thin; of somebody else's they are not believed."""
    issuer.sign = lambda claims, key: signed(claims | {"groups": None, "carrier": None}, key)
    visitor = Visitor(running)
    assert visitor.log_in() == "/" and "/userinfo" in issuer.paths()
    assert account(running).carrier == "north"
    issuer.change["/userinfo"] = lambda told: {**told, "sub": "somebody else", "groups": ["it"]}
    assert Visitor(running).log_in() == "/#login=token_wrong"


def test_the_provider_is_described_once(running: Knowing, issuer: Issuer) -> None:
    """Its description and its keys are kept."""
    for _ in range(3):
        assert Visitor(running).log_in() == "/"
    assert issuer.paths().count("/.well-known/openid-configuration") == issuer.paths().count("/jwks") == 1


def test_changed_keys_are_fetched_once_more(running: Knowing, issuer: Issuer) -> None:
    """A token by a key that is not known yet is believed once the provider shows that key."""
    assert Visitor(running).log_in() == "/"
    issuer.changes_key()
    assert Visitor(running).log_in() == Visitor(running).log_in() == "/"
    assert issuer.paths().count("/jwks") == 2


@pytest.mark.parametrize(
    ("kind", "size", "alg"), [("RSA", 2048, "PS256"), ("EC", "P-256", "ES256"), ("OKP", "Ed25519", "EdDSA")]
)
def test_other_signatures(running: Knowing, issuer: Issuer, kind: str, size: Any, alg: str) -> None:
    """As providers use them besides RS256, where the key is among theirs."""
    key: Any = JWKRegistry.generate_key(kind, size, auto_kid=True)
    issuer.change["/jwks"] = lambda told: {"keys": [*told["keys"], key.as_dict(private=False), {"kty": "later"}]}
    issuer.sign = lambda claims, _: signed(claims | {"at_hash": None}, key, alg)
    assert Visitor(running).log_in() == "/"


def test_a_provider_that_wants_the_secret_posted(console: Console, issuer: Issuer) -> None:
    """By its description."""
    wanted = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    issuer.change["/.well-known/openid-configuration"] = lambda told: told | wanted
    with console() as running:
        assert Visitor(running).log_in() == "/"
    ((sent, headers),) = [(sent, headers) for path, sent, headers in issuer.asked if path == "/oauth2/token"]
    assert sent["client_secret"] == SECRET and "Authorization" not in headers


def test_both_ways_stand_beside_each_other(running: Knowing, issuer: Issuer) -> None:
    """The page is told where the other way begins; passwords go on, and an account of OIDC has none."""
    nobody = Browser(running, None)
    told = nobody.get("/api/login").json()
    assert told == {"oidc": {"name": "Fleet ID", "address": f"{running.address}api/oidc/login"}}
    assert Browser(running, "duty").csrf
    Visitor(running).log_in()
    answer = nobody.http.post("/api/login", json={"name": "wang.wei", "password": ""})
    assert answer.status_code == 401


def test_without_the_table_there_is_none(sqlite_url: str) -> None:
    """Both addresses answer 404, the page is told of none, and no account can be for a provider."""
    with Running(sqlite_url) as running:
        nobody = Browser(running, None)
        assert nobody.get("/api/login").json() == {"oidc": None}
        for path in ("/api/oidc/login", "/api/oidc/callback?code=x&state=y"):
            answer = nobody.get(path)
            assert answer.status_code == 404 and answer.json()["error"] == "no_oidc"
            assert "set-cookie" not in answer.headers
        made = Browser(running, "chief").post("/api/accounts", name="wang", role="viewer", subject="1")
        assert made.status_code == 400


@pytest.mark.parametrize("prompt", ["login", "select_account"])
def test_the_provider_can_be_told_to_ask_each_time(console: Console, prompt: str) -> None:
    """Where several people share a machine."""
    with console(prompt=prompt) as running:
        assert parse_qs(urlsplit(Visitor(running).begin()).query)["prompt"] == [prompt]


def test_no_token_and_no_secret_is_kept(running: Knowing, issuer: Issuer) -> None:
    """Neither in the journal nor in an account: of the provider only who it is, and who they are there."""
    seen: list[str] = []
    issuer.change["/oauth2/token"] = lambda told: seen.extend([told["id_token"], told["access_token"]]) or told
    Visitor(running).log_in()
    issuer.changes_token(aud="another")
    Visitor(running).log_in()
    with running.console.store.read() as c:
        text = json.dumps([str(one) for one in [*journal.since(c, 0), *kept.listed(c)]])
    assert len(seen) == 4 and not any(secret in text for secret in [*seen, SECRET])
