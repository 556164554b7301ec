"""Segments drawn on the page, before the real server: a draft, its trial, published and gone back from, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from forewarn.console.store import positions
from tests.forewarn.console.pages.conftest import Log
from tests.forewarn.console.pages.test_page_looks import grave
from tests.forewarn.console.running import NOW_MS, Browser, Running, over_small

pytestmark = pytest.mark.browser

V = "/api/segment-versions"
COMPILED_MS = 400_000
"""A trial compiles the rules where no test before it did."""
DRAWN = [(60, 420), (120, 380), (200, 400), (230, 470)]
"""Where the map is clicked, pixels from its corner: aside from all roads of the small file."""


@pytest.fixture
def edited(sqlite_url: str, tmp_path: Path) -> Iterator[Running]:
    """A console over the small segment file; an hour ago a truck drove along its road at 60 km/h."""
    with over_small(sqlite_url, tmp_path / "segments.geojson") as running:
        lat = np.arange(22.0, 22.03, 0.0003)
        n = len(lat)
        with running.console.store.begin() as c:
            positions.put(
                c,
                vehicles=["N1"] * n,
                time_ms=NOW_MS - 3_600_000 + 2000 * np.arange(n),
                lon=np.full(n, 114.0),
                lat=lat,
                speed_kmh=np.full(n, 60.0),
                heading_deg=np.zeros(n),
                drivers=[None] * n,
            )
        yield running


def to_editor(page: Page, running: Running, number: int | None = None) -> None:
    """Open the list of versions, or one of them, in English."""
    if page.get_by_role("button", name="English").count():
        page.get_by_role("button", name="English").click()
    page.goto(f"{running.address}#/edit" + ("" if number is None else f"/{number}"))
    if number is not None:
        page.locator(".map-tools").wait_for()


def without_crossing(running: Running, log_in: Log) -> Page:
    """A page with a draft in which the crossing is retired."""
    chief = Browser(running, "chief")
    draft = chief.post(V, why="limits").json()["version"]
    chief.post(f"{V}/2/retire", hash=draft["hash"], id="crossing")
    page = log_in(running.address, "editor")
    to_editor(page, running, 2)
    return page


def begin(page: Page, why: str) -> None:
    """Begin a draft by its dialog."""
    page.get_by_role("button", name="Begin a draft").click()
    page.locator("textarea[name=why]").fill(why)
    page.get_by_role("dialog").get_by_role("button", name="Begin a draft").click()
    page.locator(".map-tools").wait_for()


def save(page: Page) -> None:
    """Save to the draft; done where nothing is left to save."""
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_role("button", name="Save to the draft")).to_be_disabled()
    expect(page.get_by_role("button", name="Retire", exact=True)).to_be_visible()


def found(page: Page, text: str) -> None:
    """Search in the head of the page."""
    page.locator("#search").fill("")
    page.locator("#search").fill(text)


def draw(page: Page) -> None:
    """Draw a line by the pointer and the keyboard: one point taken back, one moved, one inserted and deleted."""
    corner = page.locator(".maplibregl-canvas").bounding_box()
    assert corner is not None
    at = [(corner["x"] + x, corner["y"] + y) for x, y in DRAWN]
    page.get_by_role("button", name="Draw a segment").click()
    for x, y in at:
        page.mouse.move(x, y)
        page.mouse.click(x, y)
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    told = page.locator(".points [role=status]")
    expect(told).to_have_text("3 points")
    (x, y), (to_x, to_y) = at[1], at[2]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    expect(told).to_have_text("Point 2 of 3")
    middle = (x + to_x) / 2, (y - 30 + to_y) / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] + 25, steps=5)
    page.mouse.up()
    expect(told).to_have_text("Point 3 of 4")
    page.keyboard.press("Delete")
    expect(told).to_have_text("3 points")


def hold(page: Page, url: str) -> list[Route]:
    """Hold back what the page asks there once, until the test lets it go on."""
    held: list[Route] = []
    page.route(url, lambda route: held.append(route), times=1)
    return held


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait as the page does, so that it goes on meanwhile."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not come to hold within 30 s")


def test_a_draft_from_its_first_line_to_its_way_back(edited: Running, log_in: Log) -> None:
    """Drawn, changed, turned around, retired; seen as changes, tested, published with a reason, and gone back from."""
    page, other, server = log_in(edited.address, "editor"), log_in(edited.address, "duty"), Browser(edited, "editor")
    other.locator(".map-tools").wait_for()
    to_editor(page, edited)
    expect(page.locator("[data-version]")).to_have_count(1)
    assert grave(page) == []
    begin(page, "a school at the road")
    draw(page)
    page.locator("input[name=name]").fill("School road")
    page.locator("input[name=kind]").fill("school")
    page.locator("input[name=limit_kmh]").fill("999")
    expect(page.locator("#fault-limit_kmh")).to_have_text("1 to 200, or empty")
    expect(page.get_by_role("button", name="Save to the draft")).to_be_disabled()
    page.locator("input[name=limit_kmh]").fill("20")
    page.locator("input[name=hours]").fill("07:00-09:00")
    save(page)
    page.locator("[data-segment=village]").click()
    page.locator("input[name=limit_kmh]").fill("30")
    save(page)
    page.get_by_role("button", name="Turn around").click()
    save(page)
    assert grave(page) == []
    page.locator("[data-segment=ramp]").click()
    expect(page.locator("input[name=name]")).to_have_value("Ramp")
    page.get_by_role("button", name="Retire", exact=True).click()
    page.get_by_role("tab", name="Changes").click()
    expect(page.locator("[data-change]")).to_have_count(3)
    expect(page.locator("[data-change=village]")).to_contain_text("50 → 30")
    expect(page.locator("[data-change=village]")).to_contain_text("turned around")
    expect(page.locator("[data-change=ramp]")).to_contain_text("retired")
    (drawn,) = [one for one in _features(server, 2).values() if one["properties"].get("name") == "School road"]
    assert len(drawn["geometry"]["coordinates"]) == 3
    assert drawn["properties"]["limit_kmh"] == 20 and drawn["properties"]["hours"] == "07:00-09:00"

    page.get_by_role("tab", name="Test").click()
    page.get_by_role("button", name="Test on the last 24 h").click()
    expect(page.locator(".trial .sentence")).to_contain_text("prompts", timeout=COMPILED_MS)
    trial = server.get(f"{V}/2").json()["trial"]
    assert trial["before"] > trial["after"]
    words = f"This change would have given {trial['after']} prompts instead of {trial['before']}"
    expect(page.locator(".trial .sentence")).to_have_text(words)
    assert grave(page) == []

    found(other, "School road")
    expect(other.locator("#found [role=option]")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_role("dialog")).to_contain_text(words)
    page.locator("textarea[name=why]").fill("agreed with the school")
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(other.locator(".notices")).to_contain_text("新一版路段已生效")
    expect(page.locator("[data-version='2']")).to_contain_text("agreed with the school")
    expect(page.locator("[data-version='2'] .pill")).to_have_text("in force")
    found(other, "School road")
    expect(other.locator("#found [role=option]")).to_contain_text("School road")

    page.locator("[data-version='1']").get_by_role("button", name="Go back to it").click()
    page.locator("textarea[name=why]").fill("too loud")
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    expect(page.locator("[data-version='1'] .pill")).to_have_text("in force")
    found(other, "Ramp")
    expect(other.locator("#found [role=option]")).to_contain_text("Ramp")
    assert "ramp" in {one["properties"]["id"] for one in server.get("/api/segments").json()["features"]}


def test_of_two_editors_the_second_loses_nothing(edited: Running, log_in: Log) -> None:
    """Who comes second is told, sees the draft as it is, and saves what was written; of a published draft, by whom."""
    chief = Browser(edited, "chief")
    draft = chief.post(V, why="limits").json()["version"]
    page = log_in(edited.address, "editor")
    to_editor(page, edited, 2)
    page.locator("[data-segment=village]").click()
    page.locator("input[name=limit_kmh]").fill("40")
    draft = chief.post(f"{V}/2/retire", hash=draft["hash"], id="crossing").json()["version"]
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator(".edit-conflict")).to_contain_text("Somebody else changed this draft")
    page.get_by_role("button", name="Load anew").click()
    expect(page.locator("[data-segment=crossing]")).to_contain_text("retired")
    expect(page.locator("input[name=limit_kmh]")).to_have_value("40")
    save(page)
    assert _features(chief, 2)["village"]["properties"]["limit_kmh"] == 40
    assert "crossing" not in _features(chief, 2)
    page.locator("[data-segment=crossing]").click()
    expect(page.locator("input[name=name]")).to_have_value("Crossing")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("[data-segment=crossing]")).not_to_contain_text("retired")
    assert "crossing" in _features(chief, 2)
    page.locator("[data-segment=village]").click()
    page.locator("textarea[name=advice]").fill("Slow")
    page.locator("[data-segment=ramp]").click()
    expect(page.get_by_role("dialog")).to_contain_text("Village")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator("textarea[name=advice]")).to_have_value("Slow")
    hash = chief.get(f"{V}/2").json()["version"]["hash"]
    assert chief.post(f"{V}/2/publish", hash=hash, live=1, why="done").status_code == 200
    expect(page.locator(".edit-head .pill")).to_have_text("in force")
    expect(page.get_by_role("button", name="Save to the draft")).to_have_count(0)


def test_what_is_written_of_one_segment_stays_when_another_is_put_back(edited: Running, log_in: Log) -> None:
    """Also where the answer is on its way while it is written."""
    page = without_crossing(edited, log_in)
    page.locator("[data-segment=village]").click()
    page.locator("input[name=limit_kmh]").fill("40")
    page.get_by_role("tab", name="Changes").click()
    page.locator("[data-change=crossing]").get_by_role("button").last.click()
    expect(page.locator("[data-change=crossing]")).to_have_count(0)
    page.get_by_role("tab", name="Segments").click()
    expect(page.locator("input[name=limit_kmh]")).to_have_value("40")


def test_a_draft_that_is_left_while_its_trial_begins_is_left(edited: Running, log_in: Log) -> None:
    """The answer changes neither the list of versions nor the draft that is opened next."""
    page = without_crossing(edited, log_in)
    held = hold(page, f"**{V}/2/try")
    page.get_by_role("tab", name="Test").click()
    page.get_by_role("button", name="Test on the last 24 h").click()
    until(page, lambda: bool(held))
    page.goto(f"{edited.address}#/edit")
    expect(page.locator("[data-version]")).to_have_count(2)
    with page.expect_response(f"**{V}/2/try"):
        held[0].continue_()
    to_editor(page, edited, 2)
    page.locator("[data-segment=village]").click()
    expect(page.locator("input[name=limit_kmh]")).to_have_value("50")


def test_a_second_new_segment_is_not_taken_for_the_first(edited: Running, log_in: Log) -> None:
    """Though it is begun while the first is being saved."""
    server = Browser(edited, "editor")
    server.post(V, why="two more")
    page = log_in(edited.address, "editor")
    to_editor(page, edited, 2)
    held = hold(page, f"**{V}/2/segments")
    for name in ("First", "Second"):
        draw(page)
        page.locator("input[name=name]").fill(name)
        page.locator("input[name=kind]").fill("school")
        if not held:
            page.get_by_role("button", name="Save to the draft").click()
            until(page, lambda: bool(held))
            page.get_by_role("button", name="Cancel").click()
    held[0].continue_()
    expect(page.locator(".notices")).to_contain_text("It is in the draft")
    save(page)
    assert {"First", "Second"} <= {one["properties"].get("name") for one in _features(server, 2).values()}


def test_who_may_not_edit_sees_nothing_of_it(edited: Running, log_in: Log) -> None:
    """Neither the tool in the head nor the link at a segment; and the address says so."""
    page = log_in(edited.address, "guest")
    expect(page.locator("header a[href='#/edit']")).to_have_count(0)
    page.goto(f"{edited.address}#/segment/ramp")
    page.locator(".sheet .facts").first.wait_for()
    expect(page.locator("a[href='#/edit']")).to_have_count(0)
    for view in ("edit", "edit/1"):
        page.goto(f"{edited.address}#/{view}")
        expect(page.get_by_role("alert")).to_contain_text("您的账号不能编辑路段")


def _features(browser: Browser, number: int) -> dict[str, Any]:
    return {one["properties"]["id"]: one for one in browser.get(f"{V}/{number}/file").json()["features"]}
