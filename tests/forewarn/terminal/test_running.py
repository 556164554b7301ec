"""The program as a process: a drive in, sentences and records out; power, position, sound and network taken away."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.alerts.scene import decoy, segment, village
from tests.forewarn.terminal.feed import Feed
from tests.forewarn.terminal.server import serving
from tests.forewarn.terminal.stage import Process, parked, segments, through_the_village

SPOKEN = ("spoken", "cut")
PACE = 20.0
"""Files are driven at so many times real time, and sounds last as much less."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Process]:
    one = Process(tmp_path, share=1.0 / PACE)
    yield one
    one.close()


def of_file(terminal: Process, drive: list[str], pace: float) -> None:
    """Let it drive a log."""
    log = terminal.folder / "drive.nmea"
    log.write_text("".join(drive))
    terminal.config["receiver"] = {"kind": "file", "address": str(log), "pace": pace}


def settled(terminal: Process) -> Counter[tuple[str, int]]:
    """How often each prompt of the terminal's own has sounded."""
    return Counter(
        (o["alert_id"], o["seq"])
        for o in terminal.records("outcome")
        if o["outcome"] in SPOKEN or o["reason"] == "unknown_after_restart"
    )


def prompts(terminal: Process) -> list[tuple[str, int, str]]:
    """All sentences that alerts were raised with."""
    return [(a["id"], a["seq"], a["prompt"]["text"]) for a in terminal.records("alert") if a["prompt"] is not None]


def test_a_drive_is_warned_recorded_and_ended(terminal: Process) -> None:
    """Through a village at 72 km/h: told in time, passage and outcomes on the disk, exit code 0."""
    of_file(terminal, through_the_village(), pace=PACE)
    terminal.start()
    assert terminal.ended(900.0) == 0
    said = prompts(terminal)
    assert said and "村庄" in said[0][2]
    first = next(a for a in terminal.records("alert") if a["prompt"] is not None)
    assert first["vehicle"] == "T1" and 250.0 < first["ahead_m"] < 900.0
    assert {o["outcome"] for o in terminal.records("outcome")} == {"spoken"}
    assert len(terminal.records("outcome")) == len(said) == len(terminal.heard())
    (passage,) = terminal.records("passage")
    assert passage["segment"]["id"] == "village" and passage["entered_at"] and passage["left_at"]
    assert first["id"] in passage["alert_ids"]
    assert all(o["by"] == "terminal" and o["began_at"] is not None for o in terminal.records("outcome"))
    assert terminal.named("ended")


def test_power_that_fails_again_and_again(tmp_path: Path) -> None:
    """Killed in the middle, started again on the same drive: nothing is said twice, and the state is always whole.

    What the whole drive says, undisturbed, is said by the pieces, but for what had just begun, or fell between.
    """
    drive = through_the_village()
    for name in ("whole", "torn"):
        (tmp_path / name).mkdir()
    undisturbed, torn = (Process(tmp_path / name, share=1.0 / PACE) for name in ("whole", "torn"))
    for one in (undisturbed, torn):
        of_file(one, drive, pace=PACE)
    undisturbed.start()
    assert undisturbed.ended(900.0) == 0
    for k in range(8):
        process = torn.start()
        torn.started(k + 1)
        marks = len(torn.heard())
        until = time.monotonic() + 1.0 + 0.7 * k
        while time.monotonic() < until and len(torn.heard()) == marks and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is not None:
            break
        torn.kill()
    torn.start()
    assert torn.ended() == 0
    assert torn.named("state_refused") == [] and torn.named("state_not_written") == []
    assert max(settled(torn).values(), default=1) == 1
    whole, pieces = prompts(undisturbed), prompts(torn)
    assert len({(id, seq) for id, seq, _ in pieces}) == len(pieces)
    # the drive is cut where the power failed: a place may be told with other metres, but each form of it once
    forms = Counter((a["id"], a["prompt"]["form"]) for a in torn.records("alert") if a["prompt"] is not None)
    assert max(forms.values()) == 1
    assert {text[2:4] for *_, text in pieces} <= {text[2:4] for *_, text in whole} | {"前方", "车速"}
    assert len(torn.heard()) == len(set(torn.heard())) <= len(pieces)
    (passage,) = torn.records("passage")
    assert passage["segment"]["id"] == "village"


def test_a_prompt_that_sounds_when_the_power_fails(tmp_path: Path) -> None:
    """It is not said again after the restart, since nobody knows how much was heard; what is due then is said."""
    terminal = Process(tmp_path)
    feed = Feed(terminal)
    terminal.start()
    terminal.started()
    feed.drive(through_the_village()[95:])
    terminal.wait_for(lambda: terminal.heard(), 90.0)
    terminal.kill()  # while it sounds
    feed.stop()
    heard = terminal.heard()
    terminal.start()
    terminal.started(2)
    feed = feed.resumed()
    feed.drive(through_the_village()[110:])
    terminal.wait_for(lambda: terminal.records("outcome"), 60.0)
    feed.stop()
    assert terminal.stop() == 0
    first = terminal.records("outcome")[0]
    assert (first["outcome"], first["reason"]) == ("failed", "unknown_after_restart")
    assert terminal.heard()[: len(heard)] == heard and heard[0] not in terminal.heard()[1:]
    assert max(settled(terminal).values()) == 1


def test_position_that_is_lost_is_said_once_and_once_that_it_is_back(terminal: Process) -> None:
    """Warnings are paused, and go on; the same over a restart within one outage."""
    feed = Feed(terminal)
    stand = parked(60, 400.0)
    terminal.config["display"] = {"address": "127.0.0.1:0"}
    terminal.start()
    terminal.started()
    feed.drive(stand[:6])
    terminal.wait_for(lambda: terminal.named("position_lost"), 40.0)
    time.sleep(6.0)
    assert len(terminal.named("position_lost")) == 1
    lost = terminal.heard()
    assert len(lost) == 1
    terminal.kill()
    terminal.start()
    terminal.started(2)
    time.sleep(7.0)
    assert terminal.heard() == lost
    feed = feed.resumed()
    feed.drive(stand[30:])
    terminal.wait_for(lambda: terminal.named("position_found"), 40.0)
    terminal.wait_for(lambda: len(terminal.heard()) == 2, 10.0)
    feed.stop()
    assert terminal.stop() == 0
    assert len(terminal.named("position_lost")) == 1 and len(terminal.named("position_found")) == 1
    assert terminal.heard()[1] != lost[0]


def test_newer_segments_are_swapped_in_under_way_and_bad_ones_are_not(terminal: Process) -> None:
    """Over a real server: a silent road is warned of once its village is in the file; a broken file changes nothing."""
    silent = [decoy([(0, -1200), (0, 1800)], "road")]
    (terminal.folder / "roads.geojson").write_bytes(segments(silent))
    feed = Feed(terminal)
    with serving(segments(silent)) as server:
        terminal.config["segments"] |= {"url": server.url, "every_s": 1}
        terminal.start()
        terminal.started()
        feed.drive(through_the_village())
        terminal.wait_for(lambda: server.answers, 30.0)
        server.content = segments(village())[:-40]
        terminal.wait_for(lambda: terminal.named("segments_refused"), 30.0)
        assert terminal.named("segments_swapped") == []
        server.content = segments([*village(), segment([(900, 0), (900, 300)], "spot", "blackspot", 40)])
        terminal.wait_for(lambda: terminal.named("segments_swapped"), 30.0)
        terminal.wait_for(lambda: terminal.heard(), 120.0)
        feed.stop()
        assert terminal.stop() == 0
        pulls = len(server.answers)
        assert server.answers.count(200) <= 3 and 304 in server.answers
        # after a restart what was pulled is in force, and is not pulled again
        terminal.start()
        terminal.started(2)
        terminal.wait_for(lambda: len(server.answers) > pulls, 30.0)
        assert terminal.stop() == 0
        assert set(server.answers[pulls:]) == {304}
    assert terminal.named("started")[1]["segments"] == 2
    assert any("村庄" in text for *_, text in prompts(terminal))


def test_without_a_network_or_sound_it_drives_on(terminal: Process) -> None:
    """What could not be said is recorded as failed, with the reason; the panel says that there is no sound."""
    of_file(terminal, through_the_village(), pace=10.0)
    terminal.config["segments"]["url"] = "http://127.0.0.1:9/none"
    (terminal.folder / "bin" / "aplay").write_text("#!/bin/sh\necho 'no card' >&2\nexit 1\n")
    terminal.config["display"] = {"address": "127.0.0.1:0"}
    terminal.start()
    assert terminal.ended(300.0) == 0
    outcomes = terminal.records("outcome")
    assert outcomes and {o["outcome"] for o in outcomes} == {"failed"}
    assert all("no card" in o["reason"] for o in outcomes)
    assert len(terminal.named("segments_not_pulled")) == 1
    assert terminal.heard() == []


def test_the_panel_shows_the_drive(terminal: Process, tmp_path: Path) -> None:
    """Speed, the village ahead and the time left; over HTTP, as a panel asks."""
    of_file(terminal, through_the_village(), pace=5.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    terminal.config["display"] = {"address": f"127.0.0.1:{port}"}
    terminal.start()
    shown: list[dict[str, Any]] = []

    def look() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/state", timeout=2) as answer:
                shown.append(json.load(answer))
        except OSError:
            return False
        fix = shown[-1].get("fix")
        return bool(fix and fix["ahead"])

    terminal.wait_for(look, 600.0)
    assert terminal.stop() == 0
    fix = shown[-1]["fix"]
    assert fix["speed"] == 72 and fix["ahead"]["what"] == "村庄路段" and fix["ahead"]["limit"] == 40
    assert fix["left_min"] in (239, 238) and shown[-1]["faults"] == [] and shown[-1]["language"] == "zh"


def test_it_ends_in_order_and_only_one_runs(terminal: Process, tmp_path: Path) -> None:
    """SIGTERM: exit code 0, state written; a second one over the same state is refused with 2."""
    Feed(terminal)
    terminal.start()
    terminal.started()
    second = Process(tmp_path)
    second.config = terminal.config
    second.log = tmp_path / "second"
    second.start()
    assert second.ended() == 2 and "runs already" in second.log.read_text()
    assert terminal.stop() == 0 and terminal.named("ended")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"segments": {"file": "/no/such/file"}}, "no/such/file"),
        ({"segments": {}}, "segments.file"),
        ({"vehicle": {"profile": "no-such"}}, "no profile 'no-such'"),
        ({"receiver": {"kind": "gpsd", "address": "nowhere"}}, "host:port"),
    ],
)
def test_what_cannot_be_is_named_at_start(terminal: Process, change: dict[str, Any], named: str) -> None:
    """With the exit code 2."""
    terminal.config |= change
    terminal.start()
    assert terminal.ended(600.0) == 2
    assert named in terminal.log.read_text()
