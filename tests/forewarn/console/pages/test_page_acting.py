"""What a dispatcher does to an alarm in a real browser: by the keyboard, with a reason, and who is first."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from msgspec.structs import replace
from playwright.sync_api import Route, expect

from forewarn.console.alarms.states import State
from tests.forewarn.console.pages import made_up
from tests.forewarn.console.pages.conftest import Console, Open, ask, choose, first
from tests.forewarn.console.pages.stand_in import PASSWORD

pytestmark = pytest.mark.browser


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
    ask(page, "s")
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
    ask(page, "s")
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
    ask(page, "d")
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
    expect(page.get_by_label("Words to be spoken")).to_be_focused()
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

    def second_wins(route: Route) -> None:
        console.act_as("second", alarm, "acknowledge")
        route.continue_()

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
    ask(page, "d")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#detail")).to_contain_text("Called the driver")
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_focused()
    ask(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Zoom in")).to_be_visible(timeout=20_000)
    page.keyboard.press("/")
    page.keyboard.type(alarm.vehicle)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=alarm.vehicle)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-alarm]")).to_be_visible()


@pytest.mark.parametrize("view", ["report", f"segment/{made_up.PLACES[0]['properties']['id']}"])
def test_what_is_not_in_sight_is_not_acted_on(console: Console, open_page: Open, view: str) -> None:
    """Over another view the keys of the list do nothing to the alarm that is still selected; Escape goes back to it."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page()
    choose(page, alarm)
    page.goto(f"{console.address}/#/{view}")
    page.locator(".sheet .block").first.wait_for()
    for key in ("a", "s", "u", "d", "t", "v"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert page.url.endswith(f"#/{view}")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert console.world.posts == []
    page.keyboard.press("Escape")
    page.locator(f"[data-alarm={alarm.id}]").wait_for()
    page.keyboard.press("a")
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_contain_text("Acknowledged")


def test_a_report_tells_nothing_of_another(console: Console, open_page: Open) -> None:
    """Under a heading are its own figures or none, while they are not there yet, or cannot be had, and in print."""
    page = open_page(expected=("503", "/api/report"))
    other, late, waiting = made_up.CARRIERS[0], made_up.CARRIERS[1], list[Route]()
    page.route(f"**/api/report?*carrier={quote(other)}*", lambda route: route.fulfill(status=503))
    page.route(f"**/api/report?*carrier={quote(late)}*", lambda route: waiting.append(route))
    page.goto(f"{console.address}/#/report")
    figures, carrier = page.locator(".figures"), page.get_by_label("Carrier")
    expect(figures).to_be_visible()
    carrier.focus()
    carrier.select_option(other)
    expect(page.get_by_role("heading", level=1)).to_contain_text(other)
    expect(page.locator(".fault")).to_contain_text("503")
    expect(carrier).to_be_focused()
    expect(carrier).to_have_value(other)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_contain_text(other)
    expect(figures).to_have_count(0)
    page.emulate_media(media="screen")
    carrier.select_option("")
    expect(figures).to_be_visible()
    carrier.select_option(late)
    expect(page.get_by_role("heading", level=1)).to_contain_text(late)
    expect(figures).to_have_count(0)
    expect(page.locator(".fault")).to_have_count(0)
    while not waiting:
        page.wait_for_timeout(10)
    waiting[0].continue_()
    expect(figures).to_be_visible()


def test_a_dialog_goes_with_its_alarm(console: Console, open_page: Open) -> None:
    """Where the alarm ended in a gap that is not told again, its dialog closes, says so, and the keys work on."""
    gone, other = console.raise_alarm("speeding_goes_on", 1), console.raise_alarm("voice_broken", 2)
    page = open_page()
    choose(page, gone)
    ask(page, "s")
    console.world.alarms[gone.id] = replace(gone, version=2, state=State.NORMAL)
    console.world.tell("resync", {"why": "too much was missed"})
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".notices [role=alert]")).to_contain_text("The alarm is over meanwhile")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(f"[data-alarm={other.id}]")).to_contain_text("Acknowledged")


def test_a_dialog_goes_with_its_session(console: Console, open_page: Open) -> None:
    """Whoever logs in after the session ended under an open dialog finds none, and keys that work."""
    alarm = console.raise_alarm("speeding_goes_on", 1)
    page = open_page(expected=("/api/",))
    choose(page, alarm)
    ask(page, "s")
    page.context.clear_cookies()
    console.world.tell("resync", {"why": "too much was missed"})
    page.get_by_label("Name").fill("dispatcher")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    choose(page, alarm)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator(f"[data-alarm={alarm.id}]")).to_contain_text("Acknowledged")


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
