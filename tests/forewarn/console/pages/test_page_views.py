"""The views beside the desk, before the real server: accounts, the journal, the segments; and how one gets there."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from alerts.record import SegmentRef, iso
from forewarn.console.store import journal
from tests.forewarn.console.made import alert
from tests.forewarn.console.pages.conftest import BEYOND, Log, ask, grave
from tests.forewarn.console.running import NOW_MS, PASSWORD, Browser, Running

pytestmark = pytest.mark.browser
DAY = iso(NOW_MS)[:10]
CLIPPED = """() => {
  const parts = [...document.querySelectorAll(".head > *:not(.gap), .head .places a")];
  const cut = parts.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className);
  const row = [...document.querySelectorAll(".head > *")].map((one) => one.getBoundingClientRect());
  return [cut, row.slice(1).filter((one, k) => one.left < row[k].right - 1).length];
}"""
"""What of the head is cut off, and how many of its parts lie over the one before."""


def test_accounts_are_made_changed_and_shut(sqlite_url: str, log_in: Log) -> None:
    """By an admin: a password is told once and opens, is given anew, and one who is shut out is out at once."""
    with Running(sqlite_url) as running:
        page = log_in(running.address, "chief", language="en")
        page.keyboard.press("c")
        expect(page.locator("[data-row=duty]")).to_contain_text("dispatcher")
        page.get_by_role("button", name="New account").click()
        page.get_by_label("Name").fill("North1")
        page.get_by_label("Carrier").fill("north")
        page.get_by_role("dialog").get_by_role("button", name="New account").click()
        secret = page.get_by_role("dialog").get_by_label("Password")
        made = secret.input_value()
        expect(page.get_by_role("dialog")).to_contain_text("it is not shown again")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == made and len(made) >= 20
        page.keyboard.press("Escape")
        expect(page.locator("[data-row=north1]")).to_contain_text("north")
        assert made not in page.content()
        theirs = log_in(running.address, "north1", made, language="en")
        assert theirs.get_by_role("link", name="Accounts").count() == 0
        theirs.goto(f"{running.address}#/accounts")
        expect(theirs.get_by_text("Only an admin may")).to_be_visible()
        page.locator("[data-row=north1]").get_by_role("button", name="Change").click()
        page.get_by_label("Role").select_option("editor")
        expect(page.get_by_label("Carrier")).to_be_disabled()
        page.get_by_label("Role").select_option("viewer")
        page.get_by_label("Carrier").fill("south")
        page.get_by_label("May log in").uncheck()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("[data-row=north1]")).to_contain_text("disabled")
        expect(page.locator("[data-row=north1]")).to_contain_text("south")
        expect(theirs.locator("input[type=password]")).to_be_visible()
        page.locator("[data-row=duty]").get_by_role("button", name="New password").click()
        page.get_by_role("dialog").get_by_role("button", name="Give a new password").click()
        again = page.get_by_role("dialog").get_by_label("Password").input_value()
        answer = Browser(running, None).http.post("/api/login", json={"name": "duty", "password": again})
        assert answer.status_code == 200 and again != made


def test_one_changes_ones_own_password(sqlite_url: str, log_in: Log) -> None:
    """From the name in the head: what cannot be is told there, and the new one opens."""
    with Running(sqlite_url) as running:
        page = log_in(running.address, "guest", language="en")
        page.get_by_role("button", name="guest").click()
        fields = [
            page.get_by_label(one, exact=True) for one in ("Password now", "New password", "New password once more")
        ]
        for given, said in (
            (("wrong wrong", "quite another one", "quite another 1"), "The two new passwords differ"),
            (("wrong wrong", "quite another one", "quite another one"), "is not the password"),
        ):
            for field, text in zip(fields, given, strict=True):
                field.fill(text)
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
        fields[0].fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".notices")).to_contain_text("The password is changed")
        page.get_by_label("Name").fill("guest")
        page.get_by_label("Password").fill("quite another one")
        page.keyboard.press("Enter")
        expect(page.locator(".desk .empty")).to_be_visible()


def downloaded(page: Page, folder: Path) -> list[list[str]]:
    """The rows of the journal's CSV, its head first."""
    with page.expect_download() as loading:
        page.get_by_role("link", name="CSV").click()
    loading.value.save_as(folder / "journal.csv")
    with (folder / "journal.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_out_of_service_and_what_the_journal_tells_of_it(sqlite_url: str, log_in: Log, tmp_path: Path) -> None:
    """An alarm is taken out with a reason and brought back, by keys; the journal tells it in words, found by a text."""
    with Running(sqlite_url) as running:
        running.raised(alert("fatigue", id="f", vehicle="N/2 %2F"))
        with running.console.store.begin() as c:
            for k in range(230):
                journal.append(c, at_ms=NOW_MS - 1000, who="lin", what="new_thing", facts={"k": k})
        page = log_in(running.address, "chief", language="en")
        page.locator("[data-alarm]").click()
        ask(page, "o")
        page.get_by_label("Reason").fill("scrapped")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)  # the list may know of it before the dialog
        expect(page.locator(".desk .empty")).to_be_visible()
        page.keyboard.press("3")
        expect(page.locator("[data-alarm]")).to_contain_text("Out of service")
        page.locator("[data-alarm]").click()
        page.keyboard.press("o")
        expect(page.locator("[data-alarm]")).to_have_count(0)
        page.keyboard.press("l")
        expect(page.get_by_label("From")).to_have_value(DAY)  # by the console's clock
        first = page.locator("[data-row]").first
        expect(first).to_contain_text("back in service")
        expect(page.locator("[data-row]").nth(1)).to_contain_text("taken out of service")
        expect(page.locator("[data-row]").nth(1)).to_contain_text("scrapped")
        expect(page.locator("[data-row]").nth(2)).to_contain_text("new_thing")
        expect(page.locator("[data-row]")).to_have_count(200)
        page.get_by_role("button", name="Older ones").click()
        expect(page.locator("[data-row]")).to_have_count(233)
        expect(page.locator("[data-row]").last).to_contain_text("raised")
        assert len(downloaded(page, tmp_path)) == 234
        page.keyboard.press("f")
        page.keyboard.type("OUT OF serv")
        expect(page.locator("[data-row]")).to_have_count(1)
        assert [row[3] for row in downloaded(page, tmp_path)] == ["what", "remove"]
        page.keyboard.press("Tab")
        page.keyboard.press("j")
        expect(page.locator("[data-row] a").first).to_be_focused()
        first.get_by_role("link", name="N/2 %2F").click()
        assert page.url.endswith(f"#/vehicle/{quote('N/2 %2F', safe='')}")
        expect(page.locator(".sheet")).to_contain_text("north")
        page.keyboard.press("m")
        expect(page.get_by_role("button", name="Zoom in")).to_be_visible()


def test_segments_stand_in_the_order_of_their_false_alarms(sqlite_url: str, log_in: Log) -> None:
    """With the reasons; each leads to its page, which tells the same."""
    with Running(sqlite_url) as running:
        id = running.console.segments.ids()[7]
        name = running.console.segments.get(id)["properties"]["name"]  # type: ignore[index]
        early = alert("speeding", vehicle="N1", segment=SegmentRef(id, "ramp", name), speak_s=1, ended_s=90)
        running.raised(early, replace(early, seq=1, state="cleared", prompt=None))
        duty = Browser(running)
        (alarm,) = duty.alarms()
        done = {"version": alarm["version"], "what": "false_alarm", "reason": "wrong_limit"}
        assert duty.post(f"/api/alarms/{alarm['id']}/dispose", **done).status_code == 200
        page = log_in(running.address, "duty", language="en")
        page.keyboard.press("p")
        first = page.locator("[data-row]").first
        expect(first).to_contain_text("Wrong limit 1")
        assert first.get_attribute("data-row") == id
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        expect(page.get_by_text("Why they were false")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("[data-alarm]")).to_have_count(1)


def test_the_views_read_well_everywhere(sqlite_url: str, log_in: Log) -> None:
    """Nothing serious is found in light and dark, nothing sticks out at any size, and a narrow one has a menu."""
    with Running(sqlite_url) as running:
        running.raised(alert("fatigue", id="SIM", vehicle="SIM-00001"))
        page = log_in(running.address, "chief", language="en")
        page.on("dialog", lambda dialog: dialog.dismiss())
        for view, size, scheme in (
            ("accounts", (1280, 800), "dark"),
            ("journal", (2560, 1440), "light"),
            ("segments", (768, 1024), "dark"),
            ("accounts", (768, 1024), "light"),
            ("journal", (1280, 800), "dark"),
            ("segments", (1280, 800), "light"),
        ):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"{running.address}#/{view}")
            page.locator("[data-row]").first.wait_for()
            assert grave(page) == [], (view, scheme)
            assert page.evaluate(BEYOND) == [0, 0], (view, size)
            head = "(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.querySelector('.head'))"
            assert page.evaluate(head) == 0, (view, size)
        page.goto(f"{running.address}#/accounts")
        for name in ("New account", "Change", "New password"):
            page.get_by_role("button", name=name).first.click()
            page.get_by_role("dialog").wait_for()
            assert grave(page) == [], name
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)
        page.set_viewport_size({"width": 768, "height": 1024})
        page.get_by_role("button", name="Menu").click()
        assert grave(page) == []
        page.get_by_role("link", name="Journal").click()
        expect(page.get_by_role("heading", name="Journal")).to_be_visible()
        page.get_by_role("button", name="Menu").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Journal")).to_have_count(0)
        expect(page.get_by_role("heading", name="Journal")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_head_has_room_for_all_of_it(sqlite_url: str, log_in: Log, language: str) -> None:
    """Of whoever may see most, with the word of a simulated fleet, at the least width that has a row of views."""
    with Running(sqlite_url) as running:
        running.raised(alert("fatigue", vehicle="SIM-00001"))
        page = log_in(running.address, "chief", language=language)
        expect(page.locator(".simulated")).to_be_visible()
        for width in (1280, 1210):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(CLIPPED) == [[], 0], width
