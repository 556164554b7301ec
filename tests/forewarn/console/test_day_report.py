"""The report of a carrier's day."""

from __future__ import annotations

from typing import Any

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Disposition
from forewarn.console.alarms.states import State
from forewarn.console.day_report import Repeater, report
from tests.forewarn.console.made import alert, ms, passage
from tests.forewarn.console.running import Browser, Incoming, Running


def alarm(id: str, *, vehicle: str = "N1", priority: int = 2, **more: Any) -> Alarm:
    """An alarm that was raised at second 0."""
    given: dict[str, Any] = {"kind": "speeding_goes_on", "driver": "D1", "carrier": "north", **more}
    return Alarm(
        id=id, version=1, vehicle=vehicle, segment_id=None, segment_name=None, priority=priority,
        state=State.UNACKNOWLEDGED, present=True, count=1, raised_at=iso(ms(0)), last_at=iso(ms(0)), **given,
    )  # fmt: skip


def disposed(what: str) -> Disposition:
    """What was done."""
    return Disposition(what, None, None, "li", iso(ms(60)))


def test_a_day_is_counted() -> None:
    """Alarms, how fast they were acknowledged, what was done, and who had several."""
    alarms = [
        alarm("a", acknowledged_at=iso(ms(30)), disposition=disposed("called_driver")),
        alarm("b", acknowledged_at=iso(ms(90))),
        alarm("c", vehicle="N2", kind="fatigue_past_limit", priority=1),
        alarm("d", vehicle="N3", disposition=disposed("false_alarm")),
    ]
    told = report(["N1", "N2", "N3", "N4"], alarms, [("N1", "speeding", 5), ("N2", "speeding", 1)], 40)
    assert told.alarms == {"fatigue_past_limit": 1, "speeding_goes_on": 3} and told.episodes == {"speeding": 6}
    assert (told.acknowledged, told.acknowledged_median_s, told.undisposed) == (2, 60.0, 2)
    assert told.dispositions == {"called_driver": 1, "false_alarm": 1}
    assert told.repeaters == [Repeater("N1", "D1", 2)] and told.prompts == 40


def test_the_score_is_what_is_told_of_it() -> None:
    """Ten off for each point a vehicle; a false alarm has none; never below nothing."""
    vehicles = ["N1", "N2", "N3", "N4"]
    assert report(vehicles, [], [], 0).score == 100
    assert report(vehicles, [alarm("a"), alarm("b", priority=1), alarm("c", priority=3)], [], 0).score == 80
    assert report(vehicles, [alarm("a", disposition=disposed("false_alarm"))], [], 0).score == 100
    assert report(["N1"], [alarm(str(k), priority=1) for k in range(9)], [], 0).score == 0
    assert report([], [], [], 0).score is None


def test_a_carriers_dispatcher_has_that_carriers_day(sqlite_url: str) -> None:
    """And asks for no other's; who sees all may choose."""
    with Running(sqlite_url) as running:
        running.feed.put(Incoming(
            [alert("fatigue", id="n", vehicle="N1"), alert("fatigue", id="s", vehicle="S1"),
             alert("approach", id="w", vehicle="N1", speak_s=1)],
            [passage("p", entry_kmh=50.0, vehicle="S1")],
        ))  # fmt: skip
        everybodys, north = Browser(running, "duty"), Browser(running, "north")
        wide = "from=2023-12-31T00:00:00Z&to=2024-03-01T00:00:00Z"
        of_all = everybodys.get(f"/api/report?{wide}").json()["report"]
        assert (of_all["vehicles"], of_all["episodes"], of_all["prompts"]) == (2, {"fatigue": 2}, 1)
        mine = north.get(f"/api/report?{wide}").json()
        assert mine["carrier"] == "north" and mine["report"]["episodes"] == {"fatigue": 1}
        assert everybodys.get(f"/api/report?{wide}&carrier=south").json()["report"]["prompts"] == 0
        assert north.get(f"/api/report?{wide}&carrier=south").status_code == 404
        assert north.get("/api/carriers").json() == {"carriers": ["north"]}
        assert everybodys.get("/api/carriers").json() == {"carriers": ["north", "south"]}
        assert everybodys.get("/api/report?from=x").status_code == 400
