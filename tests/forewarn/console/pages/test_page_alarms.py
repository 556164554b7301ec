"""The list of alarms in a real browser: what arrives, how it is ordered, sounded, grouped and kept."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.states import State
from tests.forewarn.console.pages import made_up
from tests.forewarn.console.pages.conftest import Console, Open, choose, first
from tests.forewarn.console.pages.stand_in import PASSWORD
from tests.forewarn.console.pages.world import now_ms

pytestmark = pytest.mark.browser


def test_login_is_a_view_of_the_page(open_page: Open) -> None:
    """A wrong password says so; the right one opens the list."""
    page = open_page(None, expected=("/api/me", "/api/login"))
    page.get_by_label("Name").fill("dispatcher")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing to act on")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_an_alarm_arrives_and_stands_at_the_top(console: Console, open_page: Open) -> None:
    """The most pressing is first, whatever came after it; each row tells all that the list promises."""
    page = open_page()
    urgent = console.raise_alarm("fatigue_past_limit", 1)
    console.raise_alarm("terminal_silent", 2)
    later = console.raise_alarm("speeding_goes_on", 3)
    expect(page.locator("[data-alarm]")).to_have_count(3)
    assert first(page) == urgent.id
    told = page.locator(f"[data-alarm={later.id}]")
    for text in (
        "Speeding goes on after the warning",
        later.vehicle,
        later.driver,
        later.segment_name,
        "Unacknowledged",
    ):
        expect(told).to_contain_text(str(text))
    expect(told.get_by_role("img")).to_have_accessible_name("high")


def test_thousands_of_rows_are_a_few_in_the_document(console: Console, open_page: Open) -> None:
    """Five thousand alarms: the last can be reached, and the document holds what is seen and little more."""
    for k in range(5000):
        console.raise_alarm("terminal_silent", k % 60)
    page = open_page()
    expect(page.locator("#list")).to_have_attribute("aria-rowcount", "5001")
    assert page.locator(".rows .row").count() < 40
    page.locator("#list").focus()
    page.keyboard.press("End")
    expect(page.locator("[aria-rowindex='5001']")).to_be_visible()
    assert page.locator(".rows .row").count() < 40
    seen = page.locator("[aria-selected=true][data-alarm]").get_attribute("data-alarm")
    console.raise_alarm("fatigue_past_limit", 1)
    expect(page.locator("#list")).to_have_attribute("aria-rowcount", "5002")
    expect(page.locator(f"[data-alarm={seen}]")).to_be_in_viewport()


def test_a_flood_is_grouped_but_nothing_urgent_is_folded(console: Console, open_page: Open) -> None:
    """Like ones become one row that opens; what has priority 1 keeps a row of its own; nothing acknowledges a group."""
    page = open_page()
    console.world.set_load(flood=True)
    expect(page.locator(".load .flood")).to_be_visible()
    for k in range(12):
        console.raise_alarm("warnings_ignored", 3 * k)
    urgent = [console.raise_alarm("fatigue_past_limit", k) for k in (1, 2)]
    expect(page.locator("[data-group]")).to_have_count(1)
    expect(page.locator("[data-group]")).to_contain_text("12, of which 12 unacknowledged")
    for alarm in urgent:
        expect(page.locator(f"[data-alarm={alarm.id}]")).to_be_visible()
    page.locator("[data-group]").click()
    expect(page.locator("[data-alarm]")).to_have_count(14)
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    assert console.world.posts == []


def chimes(page: Page) -> int:
    """How often something sounded."""
    return int(page.evaluate("document.documentElement.dataset.chimes ?? 0"))


def test_sounds_are_few_and_silence_acknowledges_nothing(console: Console, open_page: Open) -> None:
    """One a new alarm of priority 1 or 2, none of priority 3, one a group in a flood; silence only stops the sound."""
    page = open_page()
    page.mouse.click(5, 5)
    console.raise_alarm("voice_broken", 1)
    urgent = console.raise_alarm("fatigue_past_limit", 1)
    expect(page.locator("[data-alarm]")).to_have_count(2)
    assert chimes(page) == 1
    page.get_by_role("button", name="Silence").click()
    expect(page.get_by_role("button", name="Silence")).to_have_count(0)
    assert console.alarm(urgent).state == State.UNACKNOWLEDGED
    assert console.world.posts == []
    console.world.set_load(flood=True)
    expect(page.locator(".load .flood")).to_be_visible()
    for k in range(5):
        console.raise_alarm("warnings_ignored", 3 * k)
    expect(page.locator("[data-group]")).to_be_visible()
    assert chimes(page) == 2
    page.get_by_role("button", name="Sound on").click()
    console.raise_alarm("speeding_goes_on", 5)
    expect(page.locator("#list")).to_have_attribute("aria-rowcount", "5")
    assert chimes(page) == 2


def test_what_was_over_before_the_page_could_tell_of_it_does_not_sound(console: Console, open_page: Open) -> None:
    """The page was held up meanwhile, as by the dialog of a printer."""
    page = open_page()
    page.mouse.click(5, 5)

    def burst() -> None:
        console.raise_alarm("voice_broken", 1)  # what comes first is drawn by itself
        console.act_as("wang", console.raise_alarm("fatigue_past_limit", 2), "acknowledge")

    threading.Timer(0.5, burst).start()
    page.evaluate("() => { const end = performance.now() + 2000; while (performance.now() < end); }")
    expect(page.locator("[data-alarm]")).to_have_count(2)
    assert chimes(page) == 0
    expect(page.get_by_role("button", name="Silence")).to_have_count(0)


def test_a_restart_in_between_loses_nothing(console: Console, open_page: Open) -> None:
    """While the server is away the page says so; what was raised and done meanwhile is there afterwards, once."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page(expected=("/api/",))
    choose(page, alarm)
    found: list[Alarm] = []

    def meanwhile() -> None:
        expect(page.locator("[data-link=reconnecting]")).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator(".notices [role=alert]")).to_contain_text("nothing was done")
        found.append(console.raise_alarm("fatigue_past_limit", 2))
        console.act_as("second", alarm, "acknowledge")

    console.restart(meanwhile)
    expect(page.locator("[data-link=live]")).to_be_visible(timeout=20_000)
    expect(page.locator(f"[data-alarm={found[0].id}]")).to_have_count(1)
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_have_class(re.compile("(^| )acknowledged"))
    expect(page.locator("[data-alarm]")).to_have_count(2)


def test_what_came_while_the_stream_was_refused_is_heard(console: Console, open_page: Open) -> None:
    """A stream that is opened anew goes on after what the page knows: an alarm of the gap sounds once and is told."""
    page = open_page(expected=("/api/",))
    page.mouse.click(5, 5)
    console.raise_alarm("speeding_goes_on", 1)
    expect(page.locator("[data-alarm]")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: "/api/stream" in request.url and asked.append(request.url))
    page.route("**/api/stream*", lambda route: route.fulfill(status=503))
    with page.expect_response("**/api/stream*", timeout=20_000):
        console.restart(lambda: console.raise_alarm("fatigue_past_limit", 2))
    page.unroute("**/api/stream*")
    expect(page.locator("[data-link=live]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-alarm]")).to_have_count(2)
    expect(page.locator(".unseen")).to_contain_text("New alarm, urgent")
    page.wait_for_timeout(300)
    assert chimes(page) == 2
    assert asked[-1] == f"{console.address}/api/stream?after=1"


def test_what_only_a_new_list_tells_is_heard(console: Console, open_page: Open) -> None:
    """Where too much was missed to be told again, what is new in the list sounds, once for all that came with it."""
    console.raise_alarm("fatigue_past_limit", 1)
    page = open_page()
    page.mouse.click(5, 5)
    expect(page.locator("[data-alarm]")).to_have_count(1)
    assert chimes(page) == 0
    for number in (1, 2, 3):
        alarm = made_up.alarm(number, "speeding_goes_on", console.world.vehicles[number], now_ms())
        console.world.alarms[alarm.id] = alarm
    console.world.tell("resync", {"why": "too much was missed"})
    expect(page.locator("[data-alarm]")).to_have_count(4)
    expect(page.locator(".unseen")).to_contain_text("New alarm, high")
    assert chimes(page) == 1


def test_rows_that_left_are_forgotten(console: Console, open_page: Open) -> None:
    """While some wait and others come and are acknowledged, no element that left the list is kept in memory."""
    page = open_page()
    told = page.context.new_cdp_session(page)
    told.send("Performance.enable")

    def nodes_after(alarms: int) -> int:
        raised = [
            console.raise_alarm("speeding_goes_on", k % 60) for k in range(alarms) if page.wait_for_timeout(30) is None
        ]
        for alarm in raised[:-4]:
            console.act_as("second", alarm, "acknowledge")
        page.wait_for_timeout(1500)
        for _ in range(2):
            told.send("HeapProfiler.collectGarbage")
        return next(
            int(one["value"]) for one in told.send("Performance.getMetrics")["metrics"] if one["name"] == "Nodes"
        )

    first_round = nodes_after(40)
    assert nodes_after(40) < first_round + 200


def test_the_first_press_moves_nothing(console: Console, open_page: Open) -> None:
    """It wakes the sound, and what asked for that goes away; the row under the pointer stays where it is."""
    console.raise_alarm("speeding_goes_on", 1)
    page = open_page()
    row = page.locator("[data-alarm]")
    row.wait_for()
    before = row.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + 200, before["y"] + 20)
    page.mouse.down()
    page.wait_for_timeout(300)
    assert row.bounding_box() == before
    page.mouse.up()
    expect(row).to_have_attribute("aria-selected", "true")
