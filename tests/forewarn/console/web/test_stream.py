"""The stream of events: each change once, in order, to whoever may see it, whatever breaks in between."""

from __future__ import annotations

import asyncio
import json

from forewarn.console.people.person import Person
from forewarn.console.web.tabs import Tab, event
from tests.forewarn.console.made import alert, fixes
from tests.forewarn.console.running import Browser, Incoming, Running
from tests.forewarn.gateway.gate import until


def test_an_alarm_arrives_and_what_becomes_of_it(running: Running) -> None:
    """With the number of its entry, who did what, and the alarm as it is then."""
    browser = Browser(running)
    with browser.stream() as stream:
        until(lambda: len(running.console.tabs.all) == 1)
        running.raised(alert("fatigue", vehicle="N1"))
        stream.until(1)
        (alarm,) = browser.alarms()
        browser.post(f"/api/alarms/{alarm['id']}/acknowledge", version=alarm["version"])
        first, second = stream.until(2)
    assert (first[1:], second[1:]) == (("N1", "begin"), ("N1", "acknowledge")) and first[0] < second[0]
    told = [json.loads(one.data) for one in stream.got if one.event == "alarm"]
    assert told[1]["alarm"]["acknowledged_by"] == told[1]["entry"]["who"] == "duty"


def test_a_page_that_comes_back_misses_nothing_and_hears_nothing_twice(running: Running) -> None:
    """By the number of the last event that it has seen."""
    browser = Browser(running)
    running.raised(*(alert("fatigue", id=f"a{k}", vehicle=f"T{k}") for k in range(5)))
    with browser.stream(after=0) as stream:
        seen = stream.until(5)
    running.raised(*(alert("fatigue", id=f"b{k}", vehicle=f"U{k}") for k in range(5)))
    with browser.stream(after=seen[-1][0]) as stream:
        more = stream.until(5)
    assert [vehicle for _, vehicle, _ in more] == [f"U{k}" for k in range(5)]


def test_over_a_restart_no_change_is_missed_or_told_twice(sqlite_url: str) -> None:
    """Every acknowledgement is kept."""
    with Running(sqlite_url) as running:
        browser = Browser(running)
        running.raised(*(alert("fatigue", id=f"a{k}", vehicle=f"T{k}") for k in range(3)))
        with browser.stream(after=0) as stream:
            seen = stream.until(3)
            for alarm in browser.alarms()[:2]:
                browser.post(f"/api/alarms/{alarm['id']}/acknowledge", version=alarm["version"])
            seen = stream.until(5)
    with Running(sqlite_url) as running:
        browser.http.base_url = running.address
        running.raised(alert("fatigue", id="late", vehicle="T9"))
        with browser.stream(after=seen[-1][0]) as stream:
            (late,) = stream.until(1)
        states = sorted(alarm["state"] for alarm in browser.alarms())
    assert late[1:] == ("T9", "begin")
    assert states == ["acknowledged", "acknowledged", "unacknowledged", "unacknowledged"]


def test_two_consoles_on_one_store_tell_each_others_changes(postgres_url: str) -> None:
    """And of two dispatchers at two of them one wins."""
    with Running(postgres_url, name="one") as one, Running(postgres_url, name="two") as two:
        here, there = Browser(one), Browser(two, "chief")
        with there.stream() as stream:
            until(lambda: len(two.console.tabs.all) == 1)
            one.raised(alert("fatigue", vehicle="N1"))
            two.raised(alert("fatigue", vehicle="N1"))
            stream.until(1)
            (alarm,) = there.alarms()
            path = f"/api/alarms/{alarm['id']}"
            assert here.post(f"{path}/acknowledge", version=alarm["version"]).status_code == 200
            stream.until(2)
            lost = there.post(f"{path}/shelve", version=alarm["version"], minutes=5, reason="x")
        assert lost.status_code == 409 and lost.json()["alarm"]["acknowledged_by"] == "duty"
        assert [what for _, _, what in stream.alarms()] == ["begin", "acknowledge"] and alarm["count"] == 1


def test_positions_come_once_a_second_to_whoever_may_see_them(running: Running) -> None:
    """Only of vehicles that have moved."""
    everybodys, north = Browser(running), Browser(running, "north")
    with everybodys.stream() as all_of_them, north.stream() as norths:
        until(lambda: len(running.console.tabs.all) == 2)
        running.feed.put(Incoming(positions=[fixes(("N1", 0, 50.0), ("S1", 0, 60.0))]))
        until(lambda: all(any(e.event == "positions" for e in one.got) for one in (all_of_them, norths)), 20)
    rows = {
        name: [row for e in one.got if e.event == "positions" for row in json.loads(e.data)["rows"]]
        for name, one in (("all", all_of_them), ("north", norths))
    }
    assert [row[0] for row in rows["all"]] == ["N1", "S1"] and [row[0] for row in rows["north"]] == ["N1"]
    assert rows["north"][0][3] == 50.0


def test_an_account_that_is_disabled_loses_its_pages(running: Running) -> None:
    """Without waiting for a request."""
    browser = Browser(running)
    with browser.stream() as stream:
        until(lambda: len(running.console.tabs.all) == 1)
        running.console.close_tabs(lambda tab: tab.person.name == "duty")
        until(lambda: stream.closed)


def test_a_page_that_does_not_keep_up_loads_anew() -> None:
    """Instead of growing the server's memory."""

    async def slow() -> list[bytes]:
        tab = Tab(Person("p", "viewer", None, "zh"), "t", 2**60, queued=10)
        for k in range(25):
            tab.put(event("alarm", k, k))
        tab.close()
        return [told async for told in tab.events()]

    told = asyncio.run(slow())
    assert b"resync" in told[0] and len(told) <= 10
    assert told[-1] == event("alarm", 24, 24)
