"""Segments drawn, tested and published over the interface of a console that runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forewarn.console.running import Browser, Running, over_small
from tests.forewarn.console.segments.small import content, drawn, feature, small
from tests.forewarn.gateway.gate import until

V = "/api/segment-versions"


@pytest.fixture
def edited(sqlite_url: str, tmp_path: Path) -> Iterator[Running]:
    """A console over the small file, in which versions are put in force."""
    with over_small(sqlite_url, tmp_path / "segments.geojson") as running:
        yield running


def ramp(**properties: Any) -> dict[str, Any]:
    """The ramp with other properties."""
    return feature("ramp", small().features["ramp"]["geometry"]["coordinates"], **properties)


def test_a_draft_is_drawn_published_and_gone_back_from(edited: Running) -> None:
    """From the first line to the pages that draw other roads, and back."""
    lin, page = Browser(edited, "editor"), Browser(edited, "guest")
    with page.stream() as stream:
        told = lin.get(V).json()
        assert (told["live"], told["outlet"], told["more"], len(told["versions"])) == (1, "file", False, 1)
        draft = lin.post(V, why="a new exit").json()["version"]
        of = f"{V}/{draft['number']}"
        answer = lin.post(f"{of}/segments", hash=draft["hash"], feature=drawn(None), approaches=None).json()
        answer2 = lin.post(f"{of}/segments", hash=answer["version"]["hash"], feature=ramp(limit_kmh=30)).json()
        hash = lin.post(f"{of}/retire", hash=answer2["version"]["hash"], id="crossing").json()["version"]["hash"]
        told = lin.get(of).json()
        assert [(one["id"], one["what"]) for one in told["changes"]] == [
            ("ramp", "changed"),
            (answer["id"], "added"),
            ("crossing", "retired"),
        ]
        file = lin.get(f"{of}/file")
        assert file.headers["content-type"] == "application/geo+json"
        assert answer["id"] in {one["properties"]["id"] for one in file.json()["features"]}
        published = lin.post(f"{of}/publish", hash=hash, live=1, why="reviewed")
        assert published.status_code == 200 and published.json()["version"]["state"] == "live"
        in_force = {one["properties"]["id"]: one for one in page.get("/api/segments").json()["features"]}
        assert in_force["ramp"]["properties"]["limit_kmh"] == 30 and "crossing" not in in_force
        assert page.get(f"/api/segments/{answer['id']}").status_code == 200
        first = next(one for one in lin.get(V).json()["versions"] if one["number"] == 1)
        assert first["state"] == "retired"
        back = lin.post(f"{V}/1/publish", hash=first["hash"], live=draft["number"], why="too loud")
        assert back.status_code == 200
        until(lambda: len(hashes(stream)) >= 3, 20)
    assert hashes(stream) == [first["hash"], hash, first["hash"]]
    assert page.get("/api/segments").json() == json.loads(content())


def hashes(stream: Any) -> list[str]:
    """Which segments a page was told to be in force, one after the other."""
    return [json.loads(one.data)["hash"] for one in list(stream.got) if one.event == "segments"]


def test_who_comes_second_is_told_with_the_version_as_it_is(edited: Running) -> None:
    """409, for an edit and for a publication; the page can show what changed."""
    lin, chief = Browser(edited, "editor"), Browser(edited, "chief")
    draft = lin.post(V, why="limits").json()["version"]
    of = f"{V}/{draft['number']}"
    changed = lin.post(f"{of}/segments", hash=draft["hash"], feature=ramp(limit_kmh=30)).json()["version"]
    second = chief.post(f"{of}/segments", hash=draft["hash"], feature=ramp(limit_kmh=20))
    assert second.status_code == 409
    assert (second.json()["error"], second.json()["version"]["hash"]) == ("conflict", changed["hash"])
    other = chief.post(V, why="another").json()["version"]
    path = f"{V}/{other['number']}/publish"
    assert chief.post(path, hash=other["hash"], live=1, why="first").status_code == 200
    late = lin.post(f"{of}/publish", hash=changed["hash"], live=1, why="late")
    assert late.status_code == 409 and late.json()["version"]["number"] == other["number"]


def test_what_is_refused_is_told_by_its_key(edited: Running) -> None:
    """A broken feature, a version that is none, and bodies of all kinds."""
    lin = Browser(edited, "editor")
    draft = lin.post(V, why="limits").json()["version"]
    of, hash = f"{V}/{draft['number']}", draft["hash"]
    refused = lin.post(f"{of}/segments", hash=hash, feature=ramp(limit_kmh=999))
    assert refused.status_code == 400 and "limit_kmh" in refused.json()["message"]
    assert lin.post(f"{of}/segments", hash=hash, feature=ramp(), approaches=[[[0, 0], [1, 1]]]).status_code == 400
    for body in ({}, {"hash": 5, "feature": 1}, {"hash": hash}, {"hash": hash, "feature": {"properties": {}}}):
        assert lin.post(f"{of}/segments", **body).status_code in (400, 409)
    assert lin.post(V).status_code == 400
    for number in ("x", "-1", "1e3", "9" * 30, "²"):
        assert lin.get(f"{V}/{number}").status_code == 400
    assert lin.get(f"{V}/999").status_code == 404
    assert lin.get(f"{V}?before=x").status_code == 400
    assert lin.get(f"{V}?before=1").json()["versions"] == []
    changed = lin.post(f"{of}/try", hash="0")
    assert (changed.status_code, changed.json()["version"]["hash"]) == (409, hash)
    assert lin.post(f"{of}/discard", hash=hash).json() == {}
    assert lin.get(of).status_code == 404


def test_nothing_is_published_where_nobody_judges_by_it(running: Running) -> None:
    """A console of replayed records says so, and changes nothing."""
    lin = Browser(running, "editor")
    assert lin.get(V).json()["outlet"] is None
    draft = lin.post(V, why="limits").json()["version"]
    answer = lin.post(f"{V}/{draft['number']}/publish", hash=draft["hash"], live=1, why="x")
    assert (answer.status_code, answer.json()["error"]) == (503, "cannot_publish")
    assert lin.get(V).json()["live"] == 1


def test_a_draft_is_tested_on_the_last_day(edited: Running) -> None:
    """In a process of its own: running, then done, with figures; another one is refused meanwhile; it is journaled."""
    lin = Browser(edited, "editor")
    draft = lin.post(V, why="limits").json()["version"]
    of = f"{V}/{draft['number']}"
    hash = lin.post(f"{of}/segments", hash=draft["hash"], feature=ramp(limit_kmh=30)).json()["version"]["hash"]
    begun = lin.post(f"{of}/try", hash=hash).json()["trial"]
    assert (begun["state"], begun["hash"], begun["share"], begun["against"]) == ("running", hash, None, 1)
    busy = lin.post(f"{V}/1/try", hash=lin.get(f"{V}/1").json()["version"]["hash"])
    assert (busy.status_code, busy.json()["error"]) == (409, "busy")
    until(lambda: lin.get(of).json()["trial"]["state"] != "running", 300)
    trial = lin.get(of).json()["trial"]
    assert trial["state"] == "done", trial
    assert (trial["fixes"], trial["before"], trial["after"], trial["places"]) == (0, 0, 0, [])
    until(lambda: any(one["what"] == "segments_tried" for one in _journal(lin)), 20)


def _journal(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/api/journal").json()["entries"]
    return found
