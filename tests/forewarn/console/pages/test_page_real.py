"""The page before the real server: what a dispatcher does in a shift, with a restart in between."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.forewarn.console.made import alert
from tests.forewarn.console.pages.conftest import Log
from tests.forewarn.console.running import Browser, Running
from tests.forewarn.gateway.gate import until


def test_a_shift(sqlite_url: str, log_in: Log) -> None:
    """Alarms arrive, one is acknowledged by the keyboard and one shelved; two dispatchers see the same."""
    with Running(sqlite_url) as running:
        page, other = log_in(running.address, "duty"), log_in(running.address, "chief")
        running.raised(alert("fatigue", id="f1", vehicle="N1"))
        row = page.locator("[data-alarm]")
        expect(row).to_have_count(1)
        expect(other.locator("[data-alarm]")).to_have_count(1)
        # raised just now by the console's clock, which is months behind the machine's here
        expect(row.locator(".since b")).to_have_text(re.compile(r"^\d+ (s|min|秒|分钟)$"))
        row.click()
        page.keyboard.press("a")
        ((id, state),) = [(one["id"], one["state"]) for one in _until_acted(running)]
        assert state == "acknowledged"
        expect(other.locator(f"[data-alarm='{id}']")).to_contain_text("duty")
        page.keyboard.press("s")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.locator("input[name=reason]").fill("in the workshop")
        page.keyboard.press("Enter")
        expect(page.locator("[data-alarm]")).to_have_count(0)
        expect(other.locator("[data-alarm]")).to_have_count(0)
        (shelved,) = Browser(running).alarms()
        assert (shelved["state"], shelved["shelved_because"]) == ("shelved", "in the workshop")


def test_a_restart_under_an_open_page(sqlite_url: str, log_in: Log) -> None:
    """No alarm is missed or twice, and what was acknowledged is so."""
    with Running(sqlite_url) as running:
        page = log_in(running.address, "duty")
        running.raised(alert("fatigue", id="f1", vehicle="N1"))
        expect(page.locator("[data-alarm]")).to_have_count(1)
        page.locator("[data-alarm]").click()
        page.keyboard.press("a")
        _until_acted(running)
        port = int(running.address.rsplit(":", 1)[1].strip("/"))
    with Running(sqlite_url, port=port) as running:
        running.raised(alert("fatigue", id="f2", vehicle="S1"))
        expect(page.locator("[data-alarm]")).to_have_count(2, timeout=30_000)
        states = sorted(one["state"] for one in Browser(running).alarms())
        assert states == ["acknowledged", "unacknowledged"]


def test_a_viewer_has_no_buttons(sqlite_url: str, log_in: Log) -> None:
    """And keys do nothing."""
    with Running(sqlite_url) as running:
        page = log_in(running.address, "guest")
        running.raised(alert("fatigue", vehicle="N1"))
        page.locator("[data-alarm]").click()
        page.keyboard.press("a")
        page.wait_for_timeout(300)
        expect(page.locator("[data-act]")).to_have_count(0)
        assert [one["state"] for one in Browser(running).alarms()] == ["unacknowledged"]


def _until_acted(running: Running) -> list[dict[str, object]]:
    browser = Browser(running)
    until(lambda: all(one["state"] != "unacknowledged" for one in browser.alarms()), 10)
    return browser.alarms()
