"""Who may: every route denies by default."""

from __future__ import annotations

import re

import pytest

from forewarn.console.people.roles import ROLES
from forewarn.console.web.endpoint import PUBLIC, Endpoint
from forewarn.console.web.routes import ENDPOINTS
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.console.made import alert
from tests.forewarn.console.running import NOW_MS, PEOPLE, VEHICLES, Browser, Running
from tests.forewarn.gateway.gate import until

CLOSED = [one for one in ENDPOINTS if one.right != PUBLIC]


def asked(browser: Browser, endpoint: Endpoint, id: str = "x") -> int:
    """The status of a request for an endpoint."""
    path = re.sub(r"\{\w+\}", id, endpoint.path)
    return (browser.get(path) if endpoint.method == "GET" else browser.post(path, version=1)).status_code


def test_only_the_login_is_public() -> None:
    """Here, or by OpenID Connect and back; every other row names a right that some role has."""
    assert [(one.method, one.path) for one in ENDPOINTS if one.right == PUBLIC] == [
        ("GET", "/api/login"),
        ("POST", "/api/login"),
        ("GET", "/api/oidc/login"),
        ("GET", "/api/oidc/callback"),
    ]
    known = set().union(*ROLES.values())
    assert {one.right for one in CLOSED} <= known


def test_without_a_session_nothing_is_told(running: Running) -> None:
    """On every route, the stream's too, and with a cookie that is none."""
    nobody = Browser(running, None)
    for _ in range(2):
        assert {asked(nobody, one) for one in CLOSED} == {401}
        with nobody.stream() as stream:
            assert stream.status == 401
        nobody.http.cookies.set("forewarn", "x" * 43)


def test_what_is_public_tells_nothing_and_begins_nothing(running: Running) -> None:
    """Not who has an account, nor a session: how one may log in is all."""
    nobody = Browser(running, None)
    told = {one.path: nobody.get(one.path) for one in ENDPOINTS if one.right == PUBLIC and one.method == "GET"}
    assert {path: answer.status_code for path, answer in told.items()} == {
        "/api/login": 200,
        "/api/oidc/login": 404,
        "/api/oidc/callback": 404,
    }
    assert told["/api/login"].json() == {"oidc": None}
    assert not any("set-cookie" in answer.headers for answer in told.values())


def test_a_post_without_its_token_does_nothing(running: Running) -> None:
    """Another site's page has the cookie, but not the token."""
    browser = Browser(running, "chief")
    browser.csrf = Browser(running, "chief").csrf
    assert {asked(browser, one) for one in CLOSED if one.method == "POST"} == {403}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_role_has_its_rights_and_no_others(running: Running, name: str) -> None:
    """403 for what it may not; anything else for what it may."""
    browser = Browser(running, name)
    role, carrier = PEOPLE[name]
    for one in CLOSED:
        if one.path in ("/api/logout", "/api/password"):
            continue
        may = one.right in ROLES[role]
        assert (asked(browser, one) != 403) == may, one.path
    assert carrier is None or "administer" not in browser.get("/api/me").json()["rights"]


def test_one_carriers_dispatcher_sees_only_that_carriers(running: Running) -> None:
    """In the list, by id, by vehicle, in the journal, and in the stream."""
    running.raised(alert("fatigue", id="n", vehicle="N1"), alert("fatigue", id="s", vehicle="S1"))
    running.raised(alert("fatigue", id="u", vehicle="U1"))
    everybodys, north = Browser(running, "duty"), Browser(running, "north")
    assert {one["vehicle"] for one in everybodys.alarms()} == {"N1", "S1", "U1"}
    assert {one["vehicle"] for one in north.alarms()} == {"N1"}
    for one in everybodys.alarms():
        mine = one["vehicle"] == "N1"
        assert north.get(f"/api/alarms/{one['id']}").status_code == (200 if mine else 404)
        assert north.get(f"/api/vehicles/{one['vehicle']}").status_code == (200 if mine else 404)
        answer = north.post(f"/api/alarms/{one['id']}/acknowledge", version=one["version"])
        assert answer.status_code == (200 if mine else 404)
    told = north.get("/api/journal?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")
    assert told.json() == {"entries": [], "more": False}
    for path in ("/api/journal", "/api/journal?text=1"):
        assert {entry["vehicle"] for entry in north.get(path).json()["entries"]} <= {"N1", None}
    assert not {"S1", "U1"} & set(re.findall(r"\w+", north.get("/api/journal.csv").text))
    with north.stream(after=0) as stream:
        stream.until(2)
        assert {vehicle for _, vehicle, _ in stream.alarms()} == {"N1"}


def test_an_alarm_goes_with_its_vehicle_to_another_carrier(running: Running) -> None:
    """As soon as the register says so: whoever had it loads the list anew without it, whoever has it now is told."""
    running.raised(alert("fatigue", id="n", vehicle="N1"), alert("fatigue", id="s", vehicle="S1"))
    everybodys, north = Browser(running, "duty"), Browser(running, "north")
    before = {one["vehicle"]: one for one in everybodys.alarms()}
    with north.stream() as norths, everybodys.stream() as all_of_them:
        until(lambda: len(running.console.tabs.all) == 2)
        running.console.register = {
            **VEHICLES,
            "N1": RegisteredVehicle("N1", carrier="south"),
            "S1": RegisteredVehicle("S1", carrier="north"),
        }
        for _ in range(2):
            running.console.intake.turn(NOW_MS)
        norths.until(1)
        all_of_them.until(2)
        until(lambda: any(one.event == "resync" for one in norths.got))
    assert [alarm[1:] for alarm in norths.alarms()] == [("S1", "taken_over")]
    assert not any(one.event == "resync" for one in all_of_them.got)
    assert [one["vehicle"] for one in north.alarms()] == ["S1"]
    lost = north.post(f"/api/alarms/{before['N1']['id']}/acknowledge", version=before["N1"]["version"] + 1)
    assert lost.status_code == 404
    entries = north.get("/api/journal").json()["entries"]
    assert {("N1", "given_away"), ("S1", "taken_over")} <= {(one["vehicle"], one["what"]) for one in entries}
    assert ("N1", "taken_over") not in {(one["vehicle"], one["what"]) for one in entries}
