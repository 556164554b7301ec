"""Logging in by OpenID Connect in a real Chromium: a provider on another site, and cookies as a browser has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

from forewarn.console.store import accounts
from tests.forewarn.console.made import alert
from tests.forewarn.console.oidc.issuer import SECRET, WANG, Issuer, free_port
from tests.forewarn.console.pages.test_page_looks import grave
from tests.forewarn.console.running import PASSWORD, Running

pytestmark = pytest.mark.browser


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A provider at ``localhost``, which for a browser is another site than the console's 127.0.0.1."""
    with Issuer() as one:
        yield one


@pytest.fixture
def running(issuer: Issuer, sqlite_url: str, tmp_path: Path) -> Iterator[Running]:
    """A console that knows it."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET, "utf-8")
    port = free_port()
    with Running(sqlite_url, port=port, oidc=issuer.settings(port, secret)) as one:
        yield one


@pytest.fixture
def page(browser: Chromium, running: Running, issuer: Issuer) -> Iterator[Page]:
    """A page that asks only the two; errors of the console's page fail the test."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.add_init_script('localStorage.setItem("forewarn.map", "no")')
    elsewhere: list[str] = []
    errors: list[str] = []

    def only_these(route: Route) -> None:
        url = route.request.url
        if url.startswith((running.address, issuer.url + "/", "data:", "blob:")):
            route.continue_()
        else:
            # the provider's own page wants a style sheet from elsewhere
            if not route.request.frame.url.startswith(issuer.url):
                elsewhere.append(url)
            route.abort()

    context.route("**/*", only_these)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(running.address)
    yield page
    context.close()
    assert errors == elsewhere == []


def there(page: Page, issuer: Issuer, subject: str = WANG) -> None:
    """Log in at the provider."""
    page.get_by_role("link", name="Sign in with Fleet ID").click()
    page.wait_for_url(issuer.url + "/**")
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_by_the_button_to_the_alarms(page: Page, running: Running, issuer: Issuer) -> None:
    """There and back: the session's cookie is strict and counts all the same, for requests and for the stream."""
    running.raised(alert("fatigue", id="n", vehicle="N1"), alert("fatigue", id="s", vehicle="S1"))
    there(page, issuer)
    expect(page.locator("[data-alarm]")).to_have_count(1)
    assert page.url == running.address
    cookies = {one["name"]: one for one in page.context.cookies(running.address)}
    assert set(cookies) == {"forewarn"}
    assert cookies["forewarn"]["sameSite"] == "Strict" and cookies["forewarn"]["httpOnly"]
    page.locator("[data-link=live]").wait_for()
    running.raised(alert("fatigue", id="n2", vehicle="N2"), alert("fatigue", id="n3", vehicle="N1"))
    page.locator("[data-alarm]").click()
    page.keyboard.press("a")
    expect(page.locator("[data-alarm]")).to_contain_text("wang.wei")
    page.reload()
    expect(page.locator("[data-alarm]")).to_have_count(1)


def test_out_and_in_again(page: Page, issuer: Issuer) -> None:
    """A logout ends the session here; the button leads in again."""
    there(page, issuer)
    page.locator("[data-link=live]").wait_for()
    page.get_by_role("button", name="退出").or_(page.get_by_role("button", name="Sign out")).click()
    page.locator("a.elsewhere").click()
    page.locator("input[name=sub]").fill(WANG)
    page.get_by_role("button", name="Authorize").click()
    page.locator("[data-link=live]").wait_for()


def test_what_went_wrong_is_said_on_the_page(page: Page, running: Running, issuer: Issuer) -> None:
    """In words of the page, gone with the next load; nothing of the address becomes part of it."""
    assert grave(page) == []
    issuer.users[WANG]["groups"] = ["<b>nobody</b>"]
    there(page, issuer)
    expect(page.get_by_role("alert")).to_have_text("The sign-in service gives you no role here")
    assert urlsplit(page.url).fragment == "" and grave(page) == []
    page.reload()
    expect(page.get_by_role("alert")).to_have_text("")
    elsewhere = f"{running.address}static/icon.svg"  # as it comes: on the page itself an address is the router's
    page.goto(elsewhere)
    page.goto(f"{running.address}#login=unheard_of")
    expect(page.get_by_role("alert")).to_have_text("Signing in failed; try again")
    page.goto(elsewhere)
    page.goto(f"{running.address}#login=<img src=x onerror=alert(1)>")
    page.locator("a.elsewhere").wait_for()
    assert page.locator("img[src=x]").count() == 0
    expect(page.get_by_role("alert")).to_have_text("")


def test_a_provider_that_is_gone_leaves_the_password(page: Page, issuer: Issuer) -> None:
    """The page says that it does not answer, and the form beside it works."""
    issuer.down.add("/.well-known/openid-configuration")
    page.get_by_role("link", name="Sign in with Fleet ID").click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.get_by_label("Name").fill("duty")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[data-link=live]").wait_for()


def test_an_admin_lets_in_whom_the_provider_vouches_for(page: Page, running: Running) -> None:
    """By the name that never changes there; no password is made, and none shown."""
    page.locator("input[name=name]").fill("chief")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[data-link=live]").wait_for()
    page.goto(f"{running.address}#/accounts")
    page.locator(".sheet-tools button").click()
    page.locator("dialog input[name=name]").fill("zhao.min")
    page.locator("dialog input[name=subject]").fill("sub-4711")
    assert grave(page) == []
    page.locator("dialog button.main").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".sheet")).to_contain_text("zhao.min")
    with running.console.store.read() as c:
        made = accounts.find(c, "zhao.min")
    assert made is not None and (made.subject, made.role) == ("sub-4711", "dispatcher")
