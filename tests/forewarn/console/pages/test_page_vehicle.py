"""A vehicle's page in a real browser, and how one comes to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from forewarn.console.alarms.states import State
from tests.forewarn.console.pages.conftest import Console, Open

pytestmark = pytest.mark.browser


def rows(page: Page, caption: str) -> Locator:
    """The rows of a table of the page."""
    return page.get_by_role("region", name=caption, exact=True).locator("tbody tr")


def cells(page: Page, caption: str, column: int) -> list[str]:
    """One column of a table, from its top."""
    return rows(page, caption).locator(f"td:nth-child({column})").all_inner_texts()


def test_the_newest_stands_on_top_and_numbers_agree(console: Console, open_page: Open) -> None:
    """Each list begins with what was last; prompt 1 is the oldest, in the table as under the curve of speeds."""
    console.raise_alarm("voice_broken", 0, raised_at="2026-01-01T00:00:00Z")
    console.raise_alarm("fatigue_past_limit", 0)
    page = open_page()
    vehicle = console.world.vehicles[0]["vehicle"]
    page.goto(f"{console.address}/#/vehicle/{vehicle}")
    expect(rows(page, "Prompts heard")).to_have_count(3)
    assert cells(page, "Prompts heard", 1) == ["3", "2", "1"]
    assert cells(page, "Prompts heard", 3)[0] == "匝道限速四十，请减速"
    assert cells(page, "Prompts heard", 5) == ["failed", "spoken", "spoken"]
    assert cells(page, "Passages", 3) == ["64", "65", "66"]
    assert cells(page, "Episodes", 3) == ["78 km/h · +30 %", "79 km/h · +30 %"]
    assert cells(page, "Alarms", 3) == ["Driving past the limit", "Terminal cannot speak"]
    marks = page.locator(".prompt-number")
    along = [(float(str(mark.get_attribute("x"))), mark.inner_html()) for mark in marks.all()]
    assert [number for _, number in sorted(along)] == ["1", "2", "3"]


def test_an_alarm_that_is_over_is_shown(console: Console, open_page: Open) -> None:
    """From the vehicle's page to one that ended: all of it stands there; only what was done can still be noted."""
    over = console.raise_alarm("fatigue_past_limit", 0, state=State.NORMAL, present=False)
    page = open_page()
    expect(page.get_by_text("Nothing to act on")).to_be_visible()
    page.goto(f"{console.address}/#/vehicle/{over.vehicle}")
    rows(page, "Alarms").get_by_role("link").click()
    detail = page.locator("#detail")
    expect(detail.get_by_role("heading", name="Driving past the limit")).to_be_visible()
    expect(detail.locator(".state")).to_have_text("Over")
    expect(detail.locator(".journal")).to_contain_text("raised")
    expect(page.locator("[data-act]")).to_have_count(1)
    expect(page.locator("[data-act=dispose]")).to_be_enabled()
    expect(page.get_by_text("Nothing to act on")).to_be_visible()
    page.reload()
    expect(detail.locator(".state")).to_have_text("Over")
    page.keyboard.press("a")
    expect(page.locator(".notices")).to_contain_text("Not possible in this state")
    assert console.world.posts == []


def test_a_link_to_no_alarm_says_so(console: Console, open_page: Open) -> None:
    """A number that nobody has shows no alarm, and why."""
    page = open_page(expected=("/api/alarms/nobody",))
    page.goto(f"{console.address}/#/alarm/nobody")
    expect(page.locator(".notices [role=alert]")).to_contain_text("Did not work: not_found")
    expect(page.locator("#detail")).to_contain_text("Choose an alarm")


def test_a_vehicle_is_found_by_its_driver(console: Console, open_page: Open) -> None:
    """Who drives comes with the vehicles, stays when a position comes, and is searched for."""
    page = open_page()
    one = console.world.vehicles[17]
    console.world.tell("positions", {"at_ms": 0, "rows": [[one["vehicle"], 114.2, 22.7, 50.0, 90.0, 0]]})
    page.keyboard.press("/")
    page.keyboard.type(one["driver"])
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text(one["driver"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=one["vehicle"])).to_be_visible()
