"""How the page looks and reads in a real browser: to everybody, in two languages, at every size."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from alerts.record import iso
from tests.forewarn.console.pages import made_up
from tests.forewarn.console.pages.conftest import BEYOND, Console, Open, grave
from tests.forewarn.console.pages.world import now_ms

pytestmark = pytest.mark.browser

SEGMENT = made_up.PLACES[0]["properties"]["id"]
CUT = """[...document.querySelectorAll("[data-alarm] .since b")].filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => one.textContent)"""
"""The times of rows that are not seen whole."""


def almost_a_day_ago() -> str:
    """A time whose distance takes most room."""
    return iso(now_ms() - 1000 * (23 * 3600 + 45 * 60 + 5))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe(console: Console, open_page: Open, scheme: str) -> None:
    """The login, the desk in the middle of a shift, each dialog, both pages."""
    console.a_shift()
    login = open_page(None, color_scheme=scheme, expected=("/api/me",))
    login.get_by_label("Name").wait_for()
    assert grave(login) == []
    page = open_page(color_scheme=scheme, with_map=True)
    page.locator("[data-alarm]").first.wait_for()
    page.locator(".map-tools").wait_for()
    page.keyboard.press("j")
    page.locator("#detail .journal").wait_for()
    assert grave(page) == []
    for key in ("s", "d", "t", "?"):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        assert grave(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("tab", name="Shelved").click()
    assert grave(page) == []
    for view in (f"vehicle/{console.world.vehicles[0]['vehicle']}", f"segment/{SEGMENT}"):
        page.goto(f"{console.address}/#/{view}")
        page.locator(".sheet .chart").first.wait_for()
        page.locator(".map-tools").wait_for()
        assert grave(page) == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (2560, 1440), (1024, 768), (820, 1180)])
def test_nothing_sticks_out_at_any_size(console: Console, open_page: Open, width: int, height: int) -> None:
    """The page never scrolls as a whole, and the row of an alarm shows priority, kind, vehicle and how long, whole."""
    console.a_shift()
    console.raise_alarm("voice_broken", 50, raised_at=almost_a_day_ago())
    page = open_page(viewport={"width": width, "height": height}, has_touch=width < 1100)
    page.locator("[data-alarm]").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    assert page.evaluate(BEYOND) == [0, 0]
    for part in ("priority", "what", "vehicle", "since"):
        expect(page.locator(f"[data-alarm] .{part}").first).to_be_in_viewport()
    expect(page.locator("[data-act=acknowledge]")).to_be_in_viewport()
    assert page.evaluate(CUT) == []


def test_fingers_have_room(console: Console, open_page: Open) -> None:
    """On a tablet every button in sight is at least 44 pixels in height."""
    console.a_shift()
    page = open_page(viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True)
    page.locator("[data-alarm]").first.tap()
    heights = page.evaluate("[...document.querySelectorAll('button')].map((one) => one.getBoundingClientRect().height)")
    assert min(height for height in heights if height) >= 42


def test_the_language_is_switched_in_place(console: Console, open_page: Open) -> None:
    """Chinese by one click, all of it, with the document's language told; and it stays so after a reload."""
    console.raise_alarm("speeding_goes_on", 1, raised_at=almost_a_day_ago())
    page = open_page()
    page.locator("[data-alarm]").wait_for()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("[data-alarm] .since b")).to_have_text("23 时 45 分")
    assert page.evaluate(CUT) == []
    expect(page.locator("[data-alarm]")).to_contain_text("提醒后仍超速")
    expect(page.locator(".prompts")).to_contain_text("不是报警")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_the_theme_is_switched_and_kept(open_page: Open) -> None:
    """Against the system's wish, until it is switched back."""
    page = open_page(color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark / light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    page.locator("[data-link=live]").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_hostile_text_is_text(console: Console, open_page: Open) -> None:
    """Names from outside are shown as they are, and nothing of them is run."""
    hostile = "<img src=x onerror=alert(1)>"
    alarm = console.raise_alarm("speeding_goes_on", 1, driver=hostile, segment_name=hostile, facts={"<i>x": hostile})
    page = open_page()
    page.locator(f"[data-alarm={alarm.id}]").click()
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_contain_text(hostile)
    expect(page.locator("#detail .facts")).to_contain_text(hostile)
    assert page.locator("img[src=x]").count() == 0


def test_the_map_draws_the_fleet_without_an_element_for_each(console: Console, open_page: Open) -> None:
    """Vehicles are in one layer, moved by what arrives, and the chosen alarm's vehicle comes into view."""
    page = open_page(with_map=True)
    page.locator(".map-tools").wait_for()
    expect(page.locator(".map-foot")).to_contain_text("60 vehicles")
    expect(page.locator(".map-foot")).to_contain_text("OpenStreetMap")
    before = page.locator(".map canvas").screenshot()
    elements = page.locator(".map *").count()
    alarm = console.raise_alarm("speeding_goes_on", 7)
    page.locator(f"[data-alarm={alarm.id}]").click()
    page.wait_for_timeout(2500)
    assert page.locator(".map canvas").screenshot() != before
    new = [[f"new {k}", 114.2 + k / 1e4, 22.7, 50.0, 90.0, 0] for k in range(500)]
    console.world.tell("positions", {"at_ms": 0, "rows": new})
    expect(page.locator(".map-foot")).to_contain_text("560 vehicles")
    assert page.locator(".map *").count() == elements


def test_motion_is_left_out_for_whoever_asks(console: Console, open_page: Open) -> None:
    """What is unacknowledged fades and comes back each second, and never where motion is unwanted."""
    console.raise_alarm("fatigue_past_limit", 1)
    looks = """async () => {
      const found = new Set();
      for (let k = 0; k < 15; k += 1) {
        found.add(getComputedStyle(document.querySelector("[data-alarm] .badge")).opacity);
        await new Promise((done) => setTimeout(done, 200));
      }
      return [...found].sort();
    }"""
    for wish, found in (("reduce", ["1"]), ("no-preference", ["0.55", "1"])):
        page = open_page(reduced_motion=wish)
        page.locator("[data-alarm]").wait_for()
        assert page.evaluate(looks) == found


def test_prompts_are_counted_quietly(console: Console, open_page: Open) -> None:
    """The count goes up with what drivers hear; no alarm comes of it."""
    page = open_page()
    expect(page.locator(".prompts")).to_contain_text("1284 prompts")
    console.world.tell("prompt", {"count": 3})
    expect(page.locator(".prompts")).to_contain_text("1287 prompts")
    expect(page.locator("[data-alarm]")).to_have_count(0)
