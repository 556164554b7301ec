"""The report of a replay: everything that was said is on it, bounded, self-contained, and plainly simulated."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
from plotly.offline import get_plotlyjs

from forewarn.pages.report import write_report
from forewarn.pages.report_data import Drive, episodes, in_order, prompts, thinned

HOSTILE = "</script><img src=x onerror=alert(1)>"
START_MS = 1_772_431_200_000


def drive(n: int = 60, vehicles: tuple[str, ...] = ("A", "B"), step_ms: int = 10_000) -> Drive:
    """Vehicles that drive east, fix by fix in turn."""
    rows = np.arange(n)
    return Drive(
        vehicles,
        (rows % len(vehicles)).astype(np.int32),
        START_MS + rows // len(vehicles) * step_ms,
        114.2 + rows * 1e-4,
        22.7 + rows * 0,
        np.where(rows % 7 == 0, np.nan, 50.0),
    )


def alert(**changes: Any) -> dict[str, Any]:
    """An approach alert as DESIGN has it."""
    record: dict[str, Any] = {
        "id": "x1", "seq": 0, "vehicle": "A", "driver": None, "kind": "approach", "state": "raised", "reason": None,
        "at": "2026-03-02T06:01:00.000Z", "lon": 114.2, "lat": 22.7, "speed_kmh": 61.0, "heading_deg": 90.0,
        "limit_kmh": 40.0, "segment": {"id": "r1", "kind": "ramp", "name": HOSTILE}, "ahead_m": 400.0,
        "branch_ahead_m": 400.0, "severity": "info", "retrospective": False,
        "started_at": "2026-03-02T06:01:00.000Z", "ended_at": None, "worst": None,
        "prompt": {"form": "conditional", "text": "前方四百米出口匝道，驶出请减速到四十", "language": "zh",
                   "priority": 3, "speak_at": "2026-03-02T06:01:04.500Z", "expires_at": "2026-03-02T06:01:20.000Z"},
    }  # fmt: skip
    return record | changes


SPEEDING = alert(
    id="e1", kind="speeding", segment=None, prompt=None, ahead_m=None, branch_ahead_m=None, severity="major",
    worst={"at": "2026-03-02T06:02:00.000Z", "speed_kmh": 92.0, "over_pct": 15.0, "driven_s": None},
)  # fmt: skip
CLEARED = SPEEDING | {"seq": 1, "state": "cleared", "ended_at": "2026-03-02T06:03:00.000Z"}
PASSAGE = {
    "id": "p1", "vehicle": "A", "driver": None, "segment": {"id": "r1", "kind": "ramp", "name": "匝道"},
    "approached_at": "2026-03-02T06:01:00.000Z", "entered_at": "2026-03-02T06:01:30.000Z", "left_at": None,
    "speed_at_prompt_kmh": 61.0, "speed_at_entry_kmh": 44.0, "lowest_kmh": 38.0, "highest_kmh": 61.0, "alert_ids": [],
}  # fmt: skip


def written(path: Path, **changes: Any) -> str:
    """A report, as text."""
    arguments: dict[str, Any] = {
        "title": "Replay", "segments": None, "drive": drive(), "alerts": [alert(), SPEEDING, CLEARED],
        "passages": [PASSAGE], "summary": {"fixes": 60, "rejected": {"teleport": 2}}, "simulated": False,
    }  # fmt: skip
    write_report(path, **arguments | changes)
    return path.read_text(encoding="utf-8")


def embedded(page: str) -> dict[str, Any]:
    """The data block of a page, as the scripts read it."""
    begin = page.index('id="data">') + len('id="data">')
    return json.loads(page[begin : page.index("</script>", begin)])


def test_sentence_and_times_are_on_the_page(tmp_path: Path) -> None:
    """A prompt stands there with its sentence and the moment when it was due."""
    (prompt,) = embedded(written(tmp_path / "r.html"))["prompts"]
    assert prompt["text"] == "前方四百米出口匝道，驶出请减速到四十"
    assert prompt["due"] - prompt["at"] == 4500
    assert prompt["withdrawn"] is None


def test_withdrawn_prompt_says_why() -> None:
    """A prompt whose alert was withdrawn carries the reason."""
    (prompt,) = prompts([alert(), alert(seq=1, state="withdrawn", reason="turned_off", prompt=None)])
    assert prompt["withdrawn"] == "turned_off"


def test_prompts_stand_in_the_order_in_which_they_were_due() -> None:
    """Order is by the time of speaking, not of raising."""
    late = alert(id="x2", prompt=alert()["prompt"] | {"speak_at": "2026-03-02T06:05:00.000Z", "text": "later"})
    assert [one["text"] for one in prompts([late, alert()])][-1] == "later"


def test_episode_is_shown_once_as_it_ended() -> None:
    """Of an episode's records the last one counts, in whatever order they come."""
    (episode,) = episodes([CLEARED, alert(), SPEEDING])
    assert episode["to"] - episode["from"] == 120_000
    assert episode["worst"] == 92.0


def test_page_loads_nothing_and_hostile_names_stay_text(tmp_path: Path) -> None:
    """No tag names a source, none comes out of a name; addresses stand in plotly's own code only."""
    page = written(tmp_path / "r.html", title=HOSTILE, summary={HOSTILE: HOSTILE}, drive=drive(vehicles=(HOSTILE, "B")))
    sources: list[str] = []
    tags: list[str] = []

    class Loads(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            sources.extend(name for name, _ in attrs if name in ("src", "href", "data", "srcset", "action"))

    Loads().feed(page)
    assert sources == []
    assert "img" not in tags
    own = page.replace(get_plotlyjs(), "").replace("http-equiv", "")
    assert "http" not in own
    assert embedded(page)["prompts"][0]["segment"] == HOSTILE


def test_simulated_is_said_in_title_and_page(tmp_path: Path) -> None:
    """A simulated drive is called so in the window's title and on the page; a real one is not."""
    simulated = written(tmp_path / "s.html", simulated=True)
    assert "<title>[SIMULATED 模拟] Replay</title>" in simulated
    assert '<span class="badge">SIMULATED 模拟数据</span>' in simulated
    assert "SIMULATED" not in written(tmp_path / "r.html")


def test_long_tracks_are_thinned_and_the_page_says_so(tmp_path: Path) -> None:
    """Over the bound every k-th fix is drawn, first and last of each vehicle included."""
    many = drive(450_001, vehicles=("A", "B", "C"), step_ms=1000)
    page = written(tmp_path / "r.html", drive=many)
    assert "One fix in 3 drawn" in page
    assert len(page) < 15e6
    few, step = thinned(in_order(many))
    assert step == 3
    assert len(few) <= 150_000 + 6
    for code in range(3):
        times = many.time_ms[many.vehicle == code]
        kept = few.time_ms[few.vehicle == code]
        assert (kept[0], kept[-1]) == (times[0], times[-1])


def test_track_is_cut_at_gaps(tmp_path: Path) -> None:
    """A gap in the fixes is no road: the track of the vehicle is cut there."""
    base = drive(20, vehicles=("A",))
    gap = Drive(
        base.vehicles, base.vehicle, base.time_ms + np.where(np.arange(20) > 9, 600_000, 0), base.lon, base.lat,
        base.speed_kmh,
    )  # fmt: skip
    data = embedded(written(tmp_path / "r.html", drive=gap))
    assert data["vehicles"][0]["lines"] == 2
    assert data["map"]["size"] == [10, 10]


def test_summary_rows_are_bilingual_and_flat(tmp_path: Path) -> None:
    """Nested figures stand as outer and inner word; known words have the Chinese one beside them."""
    rows = embedded(written(tmp_path / "r.html"))["summary"]
    assert rows == [["Fixes 定位点", "60"], ["Rejected 剔除 · teleport", "2"]]


def test_fixes_without_position_and_empty_drives_are_no_fault(tmp_path: Path) -> None:
    """Unknown positions are left out; a drive without any still gives a page."""
    nothing = drive(4)
    nothing = Drive(
        nothing.vehicles, nothing.vehicle, nothing.time_ms, nothing.lon * np.nan, nothing.lat, nothing.speed_kmh
    )
    assert embedded(written(tmp_path / "r.html", drive=nothing, alerts=[], passages=[]))["vehicles"] == []
    assert embedded(written(tmp_path / "n.html", drive=None, alerts=[], passages=[]))["vehicles"] == []
