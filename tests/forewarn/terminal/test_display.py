"""The panel's page: what is served and to whom, and in a real browser: one screen, large, every word as text."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forewarn.terminal.config import BadConfigError
from forewarn.terminal.display import MOST, POLICY, Board, Display

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PLACE = {"what": "出口匝道", "name": "G15 出口 2864（龙岗、坪地）", "kind": "ramp", "limit": 40}
SHOWN: dict[str, Any] = {
    "language": "zh", "night": True, "paused": False, "satellites": 9, "faults": [],
    "said": "前方四百米出口匝道，驶出请减速到四十",
    "fix": {
        "speed": 68, "unit": "km/h", "here": None, "ahead": {**PLACE, "distance": {"value": "420", "unit": "m"}},
        "left_min": 151, "driven_min": 89, "driving": True,
    },
}  # fmt: skip


@pytest.fixture
def display() -> Iterator[Display]:
    one = Display("127.0.0.1:0", Board())
    yield one
    one.close()


def asked(display: Display, path: str, host: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", display.port, timeout=10)
    connection.request("GET", path, headers={} if host is None else {"Host": host})
    return connection.getresponse()


def test_it_serves_a_page_that_needs_nothing_else(display: Display) -> None:
    """Page, style and script, and a policy under which nothing can come from elsewhere."""
    for path, kind in (("/", "text/html"), ("/panel.css", "text/css"), ("/panel.js", "text/javascript")):
        answer = asked(display, path)
        assert answer.status == 200 and answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Content-Security-Policy"] == POLICY
        body = answer.read().decode()
        assert "http://" not in body and "https://" not in body and "innerHTML" not in body
    assert asked(display, "/../config.py").status == 404
    assert asked(display, "/", host="evil.example:8642").status == 403
    assert asked(display, "/", host="localhost:8642").status == 200


def test_a_panel_hears_what_changes_as_it_changes(display: Display) -> None:
    """As server-sent events, what is shown now first; the same twice is told once."""
    display._board.show(a=1)
    answer = asked(display, "/events")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.fp.readline() == b'data: {"a":1}\n' and answer.fp.readline() == b"\n"
    display._board.show(a=1)
    display._board.show(a=2)
    assert answer.fp.readline() == b'data: {"a":2}\n'
    assert json.loads(asked(display, "/state").read()) == {"a": 2}


def test_only_so_many_panels(display: Display) -> None:
    """A panel that has gone makes room again."""
    display._board.show(a=0)
    panels = [asked(display, "/events") for _ in range(MOST)]
    for panel in panels:
        panel.fp.readline()
    assert asked(display, "/events").status == 503
    panels[0].close()
    until = time.monotonic() + 10.0
    k = 0
    while display._board.watched == MOST and time.monotonic() < until:
        k += 1
        display._board.show(a=k)
        time.sleep(0.05)
    assert display._board.watched < MOST
    for panel in panels[1:]:
        panel.close()


def test_a_port_that_is_taken_is_named(display: Display) -> None:
    """By key."""
    with pytest.raises(BadConfigError, match=r"display\.address"):
        Display(f"127.0.0.1:{display.port}", Board())


def seen(display: Display, folder: Path, size: str = "800,480", *, then: bytes = b"") -> tuple[str, list[str]]:
    """The document after some seconds in a browser, and what its console said; leaves a picture."""
    common = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={size}", "--timeout=3000",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{display.port}/"
    picture = subprocess.run(
        [*common, f"--screenshot={folder / 'panel.png'}", url], capture_output=True, text=True, timeout=120, check=True
    )
    dump = subprocess.run([*common, "--dump-dom", url], capture_output=True, text=True, timeout=120, check=True)
    said = [row for run in (picture, dump) for row in run.stderr.splitlines() if "CONSOLE" in row]
    return dump.stdout, said


def text_of(document: str, name: str) -> str:
    """What stands in an element that holds text alone."""
    return document.split(f'id="{name}"', 1)[1].split(">", 1)[1].split("<", 1)[0]


browser = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: make setup-system")]


@pytest.mark.parametrize("name", ["ahead", "here", "clear", "paused", "searching", "reached", "day_en", "hostile"])
def test_the_screen(display: Display, tmp_path: Path, name: str) -> None:
    """What is shown of each situation, in Chinese and English."""
    told, expected = SCREENS[name]
    display._board.show(**told)
    document, console = seen(display, tmp_path)
    assert console == []
    for element, text in expected.items():
        assert text_of(document, element) == text, element
    assert f'class="{"night" if told["night"] else "day"}"' in document
    assert (tmp_path / "panel.png").stat().st_size > 5_000


for _mark in browser:
    test_the_screen = _mark(test_the_screen)

SCREENS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "ahead": (
        SHOWN,
        {"what": "出口匝道", "distance": "420", "far-unit": "m", "limit": "40", "speed": "68", "left": "2小时 31分"},
    ),
    "here": (
        {**SHOWN, "fix": {**SHOWN["fix"], "here": {**PLACE, "what": "村庄路段", "limit": 30}}},
        {"what": "您在 村庄路段", "limit": "30", "distance": ""},
    ),
    "clear": ({**SHOWN, "fix": {**SHOWN["fix"], "ahead": None}}, {"clear": "前方无危险路段", "limit": ""}),
    "paused": ({**SHOWN, "paused": True, "fix": None}, {"clear": "卫星定位中断，预警暂停", "speed": "–"}),
    "searching": ({**SHOWN, "fix": None, "faults": ["sound"]}, {"clear": "正在定位 9", "notes": "无声音"}),
    "reached": ({**SHOWN, "fix": {**SHOWN["fix"], "left_min": 0}}, {"left": "请停车休息"}),
    "day_en": (
        {**SHOWN, "language": "en", "night": False, "fix": {**SHOWN["fix"], "left_min": 25}},
        {"left-name": "driving time left", "left": "25 min"},
    ),
    "hostile": (
        {**SHOWN, "said": "<img src=x onerror=alert(1)>", "fix": {**SHOWN["fix"], "ahead": {
            **PLACE, "name": "</p><script>alert(1)</script>", "distance": {"value": "420", "unit": "m"}}}},
        {"name": "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "said": "&lt;img src=x onerror=alert(1)&gt;"},
    ),
}  # fmt: skip


def test_readers_never_hold_up_the_writer(display: Display) -> None:
    """A panel that does not read is not waited for."""
    display._board.show(a="x")
    panel = asked(display, "/events")
    began = time.monotonic()
    for k in range(2000):
        display._board.show(a=str(k) * 200)
    assert time.monotonic() - began < 2.0
    panel.close()
    assert threading.active_count() < 50
