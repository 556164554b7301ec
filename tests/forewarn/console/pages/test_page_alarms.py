"""The list of alarms in a real browser: what arrives, what a dispatcher does, who is first."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.states import State
from tests.forewarn.console.pages.conftest import Console, Open
from tests.forewarn.console.pages.stand_in import PASSWORD

pytestmark = pytest.mark.browser


def row(page: Page, alarm: Alarm) -> object:
    """The alarm's row."""
    return page.locator(f"[data-alarm={alarm.id}]")


def first(page: Page) -> str | None:
    """The id of the alarm that stands at the top."""
    page.locator(".rows .row").first.wait_for()
    rows = page.evaluate("[...document.querySelectorAll('.rows [data-alarm]')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)"
                         ".map((one) => one.dataset.alarm)")  # fmt: skip
    return str(rows[0])


def choose(page: Page, alarm: Alarm) -> None:
    """Select a row by a click."""
    page.locator(f"[data-alarm={alarm.id}]").click()
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_have_attribute("aria-selected", "true")


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


def test_acknowledged_by_the_keyboard(console: Console, open_page: Open) -> None:
    """`j` selects, `a` acknowledges what is selected and nothing else; it moves below what still waits."""
    one, other = console.raise_alarm("fatigue_past_limit", 1), console.raise_alarm("speeding_goes_on", 2)
    page = open_page()
    page.locator(f"[data-alarm={one.id}]").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(f"[data-alarm={one.id}]")).to_contain_text("Acknowledged")
    expect(page.locator(f"[data-alarm={one.id}]")).to_contain_text("dispatcher")
    assert console.alarm(one).acknowledged_by == "dispatcher"
    assert console.alarm(other).state == State.UNACKNOWLEDGED
    assert first(page) == other.id


def test_a_key_that_is_held_down_acknowledges_once(console: Console, open_page: Open) -> None:
    """The keyboard's own repetition is no second will."""
    console.raise_alarm("fatigue_past_limit", 1)
    page = open_page()
    page.locator("[data-alarm]").wait_for()
    page.keyboard.press("j")
    for _ in range(4):
        page.keyboard.down("a")
    page.keyboard.up("a")
    expect(page.locator("[data-alarm]")).to_contain_text("Acknowledged")
    assert len(console.world.posts) == 1


def test_shelved_with_a_reason_and_an_end(console: Console, open_page: Open) -> None:
    """Without a reason it is not sent; shelved it leaves the list, stands among the shelved, and can be taken back."""
    alarm = console.raise_alarm("voice_broken", 1)
    page = open_page()
    choose(page, alarm)
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_role("button", name="Shelve").click()
    assert console.world.posts == []
    page.get_by_label("Reason").fill("at the workshop")
    page.get_by_text("2 h", exact=True).click()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing to act on")).to_be_visible()
    assert console.world.posts[0][1] == {"version": 1, "minutes": 120, "reason": "at the workshop"}
    page.get_by_role("tab", name="Shelved").click()
    choose(page, alarm)
    page.keyboard.press("u")
    expect(page.get_by_text("No alarm here")).to_be_visible()
    assert console.alarm(alarm).state == State.UNACKNOWLEDGED


def test_no_longer_than_a_shift(console: Console, open_page: Open) -> None:
    """More than 480 minutes are not sent."""
    alarm = console.raise_alarm("voice_broken", 1)
    page = open_page()
    choose(page, alarm)
    page.keyboard.press("s")
    page.get_by_label("Reason").fill("long")
    page.get_by_label("minutes").fill("481")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert console.world.posts == []


def test_disposition_of_a_false_alarm_asks_why(console: Console, open_page: Open) -> None:
    """By figures in the dialog; `other` asks for a note."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page()
    choose(page, alarm)
    page.keyboard.press("d")
    page.keyboard.press("7")
    page.get_by_label("Why was it false").select_option("other")
    page.get_by_role("button", name="Note it").click()
    assert console.world.posts == []
    page.get_by_label("Note (needed)").fill("road works")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert console.world.posts[0][1] == {"version": 1, "what": "false_alarm", "reason": "other", "note": "road works"}
    expect(page.locator("#detail")).to_contain_text("False alarm · Other · road works")


def test_text_to_the_cab(console: Console, open_page: Open) -> None:
    """What is typed is what is sent, and keys typed there do nothing else."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page()
    choose(page, alarm)
    page.keyboard.press("t")
    page.keyboard.type("a slow down <b>please</b>")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".notices")).to_contain_text("Text sent")
    assert console.world.posts == [(f"{alarm.id}/say", {"version": 1, "text": "a slow down <b>please</b>"})]
    expect(page.locator(".journal")).to_contain_text("<b>please</b>")


def test_who_is_second_is_told_who_was_first(console: Console, open_page: Open) -> None:
    """A conflict names the winner and the state; nothing of the loser's was done, and the row shows the truth."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page(expected=("/acknowledge",))
    choose(page, alarm)
    held = page.context.new_cdp_session(page)
    held.send("Network.enable")

    def second_wins(route: object) -> None:
        console.act_as("second", alarm, "acknowledge")
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/acknowledge", second_wins)
    page.keyboard.press("a")
    told = page.locator(".notices [role=alert]")
    expect(told).to_contain_text("second was first")
    expect(told).to_contain_text("Acknowledged")
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_contain_text("second")
    assert console.alarm(alarm).version == 2


def test_everything_by_the_keyboard_alone(console: Console, open_page: Open) -> None:
    """From the login to a disposition, with no pointer."""
    alarm = console.raise_alarm("fatigue_past_limit", 5)
    page = open_page(None, expected=("/api/me",))
    page.get_by_label("Name").wait_for()
    page.keyboard.type("dispatcher")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[data-alarm]").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_be_focused()
    expect(page.locator("#detail")).to_contain_text("Call the driver, who is to stop at the next safe place")
    page.keyboard.press("a")
    expect(page.locator("[data-alarm]")).to_contain_text("Acknowledged")
    page.keyboard.press("d")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("Called the driver")
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.locator(".map")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type(alarm.vehicle)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=alarm.vehicle)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-alarm]")).to_be_visible()


def test_a_viewer_has_no_actions(console: Console, open_page: Open) -> None:
    """No button of an action, and keys of actions send nothing."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page("viewer")
    choose(page, alarm)
    expect(page.locator("#detail")).to_contain_text("Expected response")
    expect(page.locator("[data-act]")).to_have_count(0)
    for key in ("a", "s", "d", "t", "u"):
        page.keyboard.press(key)
    expect(page.locator(".notices")).to_contain_text("Your account may only look")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert console.world.posts == []


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
