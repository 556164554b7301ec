"""Logging in and out."""

from __future__ import annotations

from contextlib import ExitStack

from forewarn.console.web.stream import MOST_OF_SESSION
from tests.forewarn.console.running import PASSWORD, Browser, Running
from tests.forewarn.gateway.gate import until


def test_a_session_is_a_cookie_that_scripts_cannot_read(running: Running) -> None:
    """And that no other site sends; the answer says who one is."""
    browser = Browser(running, None)
    answer = browser.http.post("/api/login", json={"name": "Duty ", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie and "secure" not in cookie
    told = answer.json()
    assert (told["name"], told["role"], told["rights"]) == ("duty", "dispatcher", ["act", "see"])
    assert browser.get("/api/me").json() == told


def test_cookies_go_over_https_alone_where_that_is_set(sqlite_url: str) -> None:
    """By ``console.secure_cookies``."""
    with Running(sqlite_url, secure_cookies=True) as running:
        answer = Browser(running, None).http.post("/api/login", json={"name": "duty", "password": PASSWORD})
        assert "secure" in answer.headers["set-cookie"].lower()


def test_what_was_wrong_is_not_told(running: Running) -> None:
    """A wrong name and a wrong password look the same."""
    browser = Browser(running, None)
    said = [
        browser.http.post("/api/login", json={"name": name, "password": "wrong horse battery"})
        for name in ("duty", "nobody")
    ]
    assert [one.status_code for one in said] == [401, 401] and said[0].json() == said[1].json()


def test_tries_are_limited(running: Running) -> None:
    """And the answer says how long to wait; another account is not locked by it."""
    browser = Browser(running, None)
    tries = [browser.http.post("/api/login", json={"name": "duty", "password": f"wrong {k}"}) for k in range(8)]
    assert [one.status_code for one in tries].count(429) >= 2
    assert int(tries[-1].headers["retry-after"]) > 0 and tries[-1].json()["wait_s"] > 0
    assert browser.http.post("/api/login", json={"name": "duty", "password": PASSWORD}).status_code == 429
    assert Browser(running, "guest").csrf


def test_a_logout_ends_the_session_and_its_pages(running: Running) -> None:
    """The cookie is of no use any more, and the stream is closed."""
    browser = Browser(running)
    with browser.stream() as stream:
        until(lambda: len(running.console.tabs.all) == 1)
        kept = dict(browser.http.cookies)
        assert browser.post("/api/logout").status_code == 200
        until(lambda: stream.closed)
    browser.http.cookies.update(kept)
    assert browser.get("/api/me").status_code == 401
    until(lambda: not running.console.tabs.all)


def test_a_changed_password_ends_all_sessions(running: Running) -> None:
    """The old one does not open any more."""
    one, other = Browser(running), Browser(running)
    assert one.post("/api/password", old="wrong", new="x" * 20).status_code == 400
    assert one.post("/api/password", old=PASSWORD, new="short").status_code == 400
    assert one.post("/api/password", old=PASSWORD, new="quite another phrase").status_code == 200
    assert one.get("/api/me").status_code == other.get("/api/me").status_code == 401
    answer = Browser(running, None).http.post("/api/login", json={"name": "duty", "password": PASSWORD})
    assert answer.status_code == 401


def test_what_is_no_json_is_refused_by_name(running: Running) -> None:
    """Before anybody is let in."""
    http = Browser(running, None).http
    for content, kind, why in (
        (b"{", "application/json", "is no JSON"),
        (b"[]", "application/json", "is no JSON object"),
        (b"{}", "text/plain", "not of the type"),
        (b"[" * 30_000, "application/json", "is no JSON"),
        (b'"' + b"x" * 70_000 + b'"', "application/json", "over 65536 bytes"),
        (b'{"name": 5, "password": "x"}', "application/json", "name: a text"),
    ):
        answer = http.post("/api/login", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 400 and why in answer.json()["message"], answer.text


def test_a_proxy_that_is_named_is_believed_about_addresses(sqlite_url: str) -> None:
    """So one who tries too often does not lock the others out; anybody else's word of it counts for nothing."""
    for proxy, locked in (("127.0.0.1", 401), (None, 429)):
        with Running(sqlite_url, proxy=proxy) as running:
            http = Browser(running, None).http
            for k in range(8):
                body = {"name": "duty", "password": f"wrong {k}"}
                http.post("/api/login", json=body, headers={"X-Forwarded-For": "192.0.2.1"})
            body = {"name": "duty", "password": "wrong again"}
            answer = http.post("/api/login", json=body, headers={"X-Forwarded-For": "192.0.2.2"})
            assert answer.status_code == locked


def test_a_session_has_so_many_pages(running: Running) -> None:
    """One that opens ever more cannot keep the others out."""
    browser = Browser(running)
    with ExitStack() as opened:
        for _ in range(MOST_OF_SESSION):
            opened.enter_context(browser.stream())
        until(lambda: len(running.console.tabs.all) == MOST_OF_SESSION)
        with browser.stream() as one_more:
            assert one_more.status == 429
        with Browser(running, "guest").stream() as other:
            assert other.status == 200
