"""What the interface answers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import quote

from msgspec.structs import replace

from alerts.record import Passage, SegmentRef
from forewarn.console.alarms.kinds import KINDS
from forewarn.console.store import journal
from tests.forewarn.console.made import alert, fixes, outcome, passage
from tests.forewarn.console.running import NOW_MS, Browser, Incoming, Running


def test_every_answer_is_secured(running: Running) -> None:
    """Nothing from elsewhere, nothing inline but the import map, nothing framed, nothing kept."""
    browser = Browser(running)
    for path in ("/", "/api/me", "/api/none", "/static/icon.svg", "/static/none"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff" and "server" not in headers
    assert browser.get("/api/me").headers["cache-control"] == "no-store"


def test_every_answer_tells_the_consoles_clock(running: Running) -> None:
    """By which pages count: with replayed records it is another one than the machine's."""
    browser = Browser(running)
    for path in ("/api/alarms", "/api/journal.csv"):
        assert browser.get(path).headers["forewarn-now"] == str(NOW_MS)


def test_no_file_outside_the_page_is_served(running: Running) -> None:
    """However the path is written."""
    http = Browser(running).http
    for path in (
        "/static/../settings.py",
        "/static/..%2fsettings.py",
        "/static/%2e%2e/settings.py",
        "/static//etc/passwd",
    ):
        assert http.get(path).status_code in (404, 405)


def test_tables_are_those_of_the_code(running: Running) -> None:
    """Kinds with their words; what can happen in which state."""
    told = Browser(running).get("/api/tables").json()
    assert set(told["kinds"]) == set(KINDS) and told["states"]["acknowledged"] == [
        "begin",
        "end",
        "shelve",
        "remove",
    ]
    assert told["basemap"] is False


def test_an_alarm_tells_what_it_is_about(running: Running) -> None:
    """Its alerts, what became of their prompts, and what was done."""
    running.feed.put(
        Incoming([alert("fatigue", id="f", vehicle="N1", speak_s=1)], [], [(outcome("spoken", id="f"), None)])
    )
    browser = Browser(running)
    (alarm,) = browser.alarms()
    done = browser.post(
        f"/api/alarms/{alarm['id']}/dispose", version=1, what="called_driver", note="no answer at first"
    )
    assert done.json()["alarm"]["disposition"]["note"] == "no answer at first"
    told = browser.get(f"/api/alarms/{alarm['id']}").json()
    assert [one["what"] for one in told["journal"]] == ["begin", "dispose"]
    assert told["alerts"][0]["id"] == "f" and told["outcomes"][0]["outcome"] == "spoken"


def test_a_vehicle_tells_its_last_hours(running: Running) -> None:
    """Where it drove, what it was told and what became of it."""
    now = Incoming([alert("fatigue", id="f", vehicle="N1")], [], [], [fixes(("N1", 0, 50.0))])
    running.feed.put(now)
    told = Browser(running).get("/api/vehicles/N1").json()
    assert told["register"]["carrier"] == "north" and len(told["fixes"]) == 1 and told["alarms"][0]["vehicle"] == "N1"
    assert Browser(running).get("/api/vehicles/none").status_code == 404
    (row,) = Browser(running).get("/api/vehicles").json()["vehicles"]
    assert (row["vehicle"], row["carrier"], row["speed_kmh"]) == ("N1", "north", 50.0)


def test_a_segment_tells_how_it_is_driven(running: Running) -> None:
    """Speeds at the prompt and at the entry; false alarms there."""
    id = next(f["properties"]["id"] for f in Browser(running).get("/api/segments").json()["features"])
    running.feed.put(Incoming(passages=[there(id, "N1"), there(id, "S1")]))
    told = Browser(running).get(f"/api/segments/{id}").json()
    assert told["feature"]["properties"]["id"] == id and told["passages"] == told["warned"] == 2
    assert told["speeds"] == [{"at_prompt": 90.0, "at_entry": 50.0}] * 2
    limit_kmh = told["feature"]["properties"]["limit_kmh"]
    within = 2 * (limit_kmh >= 50.0)
    assert told["slowing"] == {"compared": 2, "within": within, "at_prompt_median": 90.0, "at_entry_median": 50.0}
    own = Browser(running, "north").get(f"/api/segments/{id}").json()
    assert (own["passages"], own["warned"], len(own["speeds"]), own["slowing"]["compared"]) == (1, 1, 1, 1)
    assert Browser(running).get("/api/segments/none").status_code == 404


def there(id: str, vehicle: str) -> Passage:
    """A passage of a segment."""
    return replace(passage(f"p{vehicle}", entry_kmh=50.0, vehicle=vehicle), segment=SegmentRef(id, "ramp", "x"))


def test_false_alarms_are_told_by_segment(running: Running) -> None:
    """With their reasons, and what passes there; to whoever sees one carrier, that carrier's alone."""
    first, second = Browser(running).get("/api/segment-figures").json()["segments"][:2]
    assert (first["passages"], first["false_alarms"], first["false_because"]) == (0, 0, {})
    at = SegmentRef(first["id"], "ramp", "x")
    running.feed.put(Incoming(passages=[there(second["id"], "N1")]))
    for vehicle in ("N1", "S1"):
        early = alert("speeding", id=f"e{vehicle}", vehicle=vehicle, segment=at, speak_s=1, ended_s=90)
        running.raised(early, replace(early, seq=1, state="cleared", prompt=None))
    for one, why in zip(Browser(running).alarms(), ("wrong_limit", "wrong_road"), strict=True):
        asked = {"version": one["version"], "what": "false_alarm", "reason": why}
        assert Browser(running).post(f"/api/alarms/{one['id']}/dispose", **asked).status_code == 200
    told = {one["id"]: one for one in Browser(running).get("/api/segment-figures").json()["segments"]}
    assert told[first["id"]]["false_because"] == {"wrong_limit": 1, "wrong_road": 1}
    assert (told[first["id"]]["false_alarms"], told[first["id"]]["prompts"]) == (2, 2)
    assert told[second["id"]]["passages"] == 1
    own = {one["id"]: one for one in Browser(running, "north").get("/api/segment-figures").json()["segments"]}
    assert (own[first["id"]]["false_alarms"], own[first["id"]]["prompts"]) == (1, 1)
    page = Browser(running).get(f"/api/segments/{first['id']}").json()
    assert page["false_because"] == told[first["id"]]["false_because"]


def test_a_name_may_have_a_slash(running: Running) -> None:
    """And whatever else; written as paths write it."""
    running.feed.put(Incoming([alert("fatigue", vehicle="N/2 %2F")], positions=[fixes(("N/2 %2F", 0, 50.0))]))
    browser = Browser(running)
    told = browser.get(f"/api/vehicles/{quote('N/2 %2F', safe='')}").json()
    assert told["vehicle"] == "N/2 %2F" and len(told["fixes"]) == 1 and len(told["alarms"]) == 1
    assert browser.get("/api/vehicles/N/2").status_code == 404
    assert browser.get("/api/vehicles/%FF%zz").status_code == 404
    answer = browser.get(f"/api/segments/{quote('no/such', safe='')}")
    assert answer.status_code == 404 and answer.json()["message"] == "there is no segment no/such"
    chief = Browser(running, "chief")
    answer = chief.post("/api/accounts/a%2Fpassword", language="en")
    assert answer.status_code == 400 and "no account" in answer.json()["message"]


def test_the_journal_is_told_page_by_page(running: Running) -> None:
    """The newest first, with what each alarm was about; a text is looked for, and what cannot be is refused by name."""
    running.raised(*(alert("fatigue", id=f"f{k}", vehicle=f"T{k}") for k in range(5)))
    browser, seen, before = Browser(running), [], ""
    for _ in range(3):
        told = browser.get(f"/api/journal?limit=2{before}").json()
        seen += told["entries"]
        before = f"&before={seen[-1]['number']}"
    assert [one["vehicle"] for one in seen] == ["T4", "T3", "T2", "T1", "T0"] and told["more"] is False
    assert {(one["what"], one["kind"], one["segment_id"]) for one in seen} == {("begin", "fatigue_past_limit", None)}
    (found,) = browser.get("/api/journal?text=t3").json()["entries"]
    assert found["vehicle"] == "T3"
    assert len(browser.get("/api/journal?text=?&names=shelve,fatigue_past_limit").json()["entries"]) == 5
    for query in ("limit=0", "limit=1001", "limit=x", "before=-1", f"before={10**30}", f"text={'x' * 101}"):
        answer = browser.get(f"/api/journal?{query}")
        assert answer.status_code == 400 and query.split("=")[0] in answer.json()["message"]


def test_a_long_journal_is_written_as_it_is_read(running: Running) -> None:
    """For spreadsheets: each entry once, in order, in more than one portion, without its length being known first."""
    with running.console.store.begin() as c:
        for k in range(2_100):
            journal.append(c, at_ms=NOW_MS - k, who="lin", what="x", facts={"note": "字" * 200, "k": k})
    browser = Browser(running)
    with browser.http.stream("GET", "/api/journal.csv") as answer:
        assert "content-length" not in answer.headers and "attachment" in answer.headers["content-disposition"]
        text = "".join(answer.iter_text())
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    numbers = [int(row[0]) for row in rows]
    assert len(rows) == 2_100 and numbers == sorted(set(numbers))


def test_the_journal_is_no_formula(running: Running) -> None:
    """What begins like one is taken for text by a spreadsheet."""
    running.raised(alert("fatigue", vehicle='=HYPERLINK("x")'))
    text = Browser(running).get("/api/journal.csv").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["number", "at", "who"]
    assert '\'=HYPERLINK("x")' in [row[5] for row in rows] and all(len(row) == len(rows[0]) for row in rows)


def test_a_time_that_is_none_is_refused_by_name(running: Running) -> None:
    """And one that is too long."""
    browser = Browser(running)
    for query in ("from=yesterday", "from=2020-01-01T00:00:00Z", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"):
        answer = browser.get(f"/api/journal?{query}")
        assert answer.status_code == 400 and answer.json()["message"].startswith("from")


def test_a_simulated_fleet_is_called_so(sqlite_url: str) -> None:
    """From the first of its vehicles on, over restarts too."""
    with Running(sqlite_url) as running:
        running.raised(alert("fatigue", vehicle="N1"))
        assert Browser(running).get("/api/load").json()["simulated"] is False
        running.raised(alert("fatigue", id="b", vehicle="SIM-00001"))
        assert Browser(running).get("/api/load").json()["simulated"] is True
    with Running(sqlite_url) as running:
        assert Browser(running).get("/api/load").json()["simulated"] is True


def test_the_load_is_ones_own(running: Running) -> None:
    """Prompts of one carrier's vehicles, for who sees that carrier."""
    now = [alert("approach", id=f"w{v}", vehicle=v, speak_s=1) for v in ("N1", "S1", "S2")]
    running.raised(*now)
    told = {name: Browser(running, name).get("/api/load").json()["prompts_last_hour"] for name in ("duty", "north")}
    assert told == {"duty": 3, "north": 1}


def test_of_an_episode_only_the_newest_is_shown(running: Running) -> None:
    """One that has ended does not go on."""
    running.raised(alert("speeding", vehicle="N1"), alert("speeding", "cleared", vehicle="N1", seq=1, ended_s=20))
    (episode,) = Browser(running).get("/api/vehicles/N1").json()["episodes"]
    assert episode["state"] == "cleared"


def test_the_base_map_is_for_whoever_is_logged_in(sqlite_url: str, tmp_path: Path) -> None:
    """In parts, as maps read it."""
    path = tmp_path / "city.pmtiles"
    path.write_bytes(bytes(range(100)))
    with Running(sqlite_url, basemap=str(path)) as running:
        assert Browser(running, None).get("/basemap.pmtiles").status_code == 401
        browser = Browser(running)
        answer = browser.http.get("/basemap.pmtiles", headers={"Range": "bytes=10-19"})
        assert answer.status_code == 206 and answer.content == bytes(range(10, 20))
        assert browser.get("/api/tables").json()["basemap"] is True
