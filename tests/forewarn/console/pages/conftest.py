"""The page in a real Chromium, before a server; what the page must never do is watched in every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from forewarn.console.alarms.alarm import Alarm
from tests.forewarn.console.pages import made_up
from tests.forewarn.console.pages.stand_in import PASSWORD, Server
from tests.forewarn.console.pages.world import World, now_ms
from tests.forewarn.console.running import PASSWORD as REAL_PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRAWN_BY_SOFTWARE = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
expect.set_options(timeout=20_000)  # drawn by software, on a machine that has other work
WATCH = 'addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.violatedDirective))'
AXE = (Path(__file__).parent / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
BEYOND = "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
"""How far the page sticks out of its window."""


def grave(page: Page) -> list[tuple[Any, ...]]:
    """What axe finds serious: rule, first place and what to do, of each."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [one for one in found["violations"] if one["impact"] in GRAVE]
    return [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in bad]


def ask(page: Page, key: str) -> None:
    """Open a dialog by its key."""
    page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_visible()


def choose(page: Page, alarm: Alarm) -> None:
    """Select a row by a click."""
    page.locator(f"[data-alarm={alarm.id}]").click()
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_have_attribute("aria-selected", "true")


def first(page: Page) -> str | None:
    """The id of the alarm that stands at the top."""
    return page.locator("[data-alarm][aria-rowindex='2']").get_attribute("data-alarm")


class Console:
    """The server as these tests need it; a real one can stand in for the stand-in."""

    def __init__(self) -> None:
        """With a small fleet and no alarm."""
        self.world = World(60)
        self.server = Server(self.world)
        self.server.start()
        self.address = self.server.address

    def raise_alarm(self, kind: str, vehicle: int = 0, **fields: Any) -> Alarm:
        """Let an alarm arrive."""
        return self.world.raise_alarm(kind, vehicle, **fields)

    def a_shift(self) -> None:
        """Let what stands in the list in the middle of a shift arrive."""
        for alarm in made_up.shift(self.world.vehicles, now_ms()):
            self.world.put(alarm, "engine", "begin")

    def act_as(self, who: str, alarm: Alarm, action: str, **body: Any) -> Alarm:
        """Let somebody else act."""
        return self.world.act(alarm.id, action, who, body)

    def alarm(self, alarm: Alarm) -> Alarm:
        """The alarm as it stands at the server."""
        return self.world.alarms[alarm.id]

    def restart(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """End the server, do something, and begin it again at the same address."""
        self.server.stop()
        meanwhile()
        port, self.server = self.server.port, Server(self.world, self.server.port)
        assert self.server.port == port
        self.server.start()


@contextmanager
def launched(**options: Any) -> Iterator[Browser]:
    """A Chromium; skips the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: make setup-system")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=DRAWN_BY_SOFTWARE, **options)
        yield running
        running.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module: while it is there, its event loop runs on this thread, and no other one can."""
    with launched() as running:
        yield running


@pytest.fixture
def console() -> Iterator[Console]:
    """A console's server of its own."""
    running = Console()
    yield running
    running.server.stop()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, console: Console) -> Iterator[Open]:
    """Opens pages; at the end none has asked another host, broken the policy, or told the console of an error."""
    faults: list[str] = []
    contexts = []

    def watch(page: Page, expected: tuple[str, ...]) -> None:
        def said(message: ConsoleMessage) -> None:
            where = message.location.get("url", "")
            if message.type == "error" and not any(one in message.text or one in where for one in expected):
                faults.append(f"{message.text} ({where})")

        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: urlsplit(request.url).scheme in ("http", "https")
                and not request.url.startswith(console.address + "/") and faults.append(request.url))  # fmt: skip

    def opened(
        who: str | None = "dispatcher", *, expected: tuple[str, ...] = (), with_map: bool = False, **options: Any
    ) -> Page:
        """Open the page as somebody, or as nobody yet; ``expected``: what its console may tell of.

        Drawn without a graphics card, the map takes seconds: it is there only where a test asks for it.
        """
        given = {"locale": "en", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        context = browser.new_context(**given)
        contexts.append(context)
        context.add_init_script(WATCH)
        context.add_init_script('localStorage.setItem("forewarn.language", "en")')
        if not with_map:
            context.add_init_script(
                'localStorage.getItem("forewarn.map") ?? localStorage.setItem("forewarn.map", "no")'
            )
        page = context.new_page()
        watch(page, expected)
        if who is not None:
            assert page.request.post(f"{console.address}/api/login", data={"name": who, "password": PASSWORD}).ok
        page.goto(console.address)
        if who is not None:
            page.locator("[data-link=live]").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


Log = Callable[..., Page]


@pytest.fixture
def log_in(browser: Browser) -> Iterator[Log]:
    """Opens a page of the real server and logs in by the form; errors of the page fail the test."""
    errors: list[str] = []
    contexts = []

    def opened(address: str, name: str, password: str = REAL_PASSWORD, language: str = "", **options: Any) -> Page:
        given = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        context = browser.new_context(**given)
        contexts.append(context)
        if language:
            context.add_init_script(f'localStorage.setItem("forewarn.language", "{language}")')
            context.add_init_script('localStorage.setItem("forewarn.map", "no")')
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("console", lambda message: "policy:" in message.text and errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request", lambda request: request.url.startswith((address, "data:", "blob:")) or errors.append(request.url)
        )
        page.goto(address)
        page.locator("input[type=password]").wait_for()
        page.locator("input:not([type=password])").first.fill(name)
        page.locator("input[type=password]").fill(password)
        page.keyboard.press("Enter")
        page.get_by_role("grid").or_(page.locator(".desk .empty")).first.wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
