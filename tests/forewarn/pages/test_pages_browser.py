"""The pages in a real browser: they draw, without an error and without a connection."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forewarn.pages.report import write_report
from forewarn.pages.report_data import Drive
from forewarn.pages.segment_map import write_segment_map

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: make setup-system"),
]

WATCH = """<script>
addEventListener("load", () => setTimeout(() => {
  const map = window.forewarnMap, canvas = document.getElementById("map");
  const box = canvas.getBoundingClientRect();
  const point = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, clientX: box.left + x, clientY: box.top + y, bubbles: true }));
  canvas.setPointerCapture = () => {};
  for (const select of document.querySelectorAll("select")) {
    for (const option of [...select.options].reverse()) {
      select.value = option.value;
      select.dispatchEvent(new Event("change"));
    }
  }
  for (const button of document.querySelectorAll(".zoom button, .list button, .legend input")) button.click();
  for (const input of document.querySelectorAll(".legend input")) input.click();
  for (let x = 0; x < map.width; x += 7) point("pointermove", x, map.height / 2);
  point("pointerdown", 200, 200); point("pointermove", 260, 230); point("pointerup", 260, 230);
  point("pointerdown", 300, 200); point("pointerup", 300, 200);
  canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: -200, clientX: box.left + 99, clientY: 99 }));
  for (const key of ["ArrowLeft", "+", "-", "0"]) canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
  const at = map.count ? [map.px(map.x[0]), map.py(map.y[0])] : [9, 9];
  document.body.dataset.found = map.nearest(...at);
  point("pointermove", at[0], at[1]);
  document.body.dataset.tip = document.getElementById("tip").hidden ? "" : document.getElementById("tip").textContent;
  const search = document.getElementById("search");
  if (search) { search.value = "S1"; search.dispatchEvent(new Event("input")); }
  map.draw();
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) inked++;
  document.body.dataset.inked = inked;
  document.body.dataset.lines = map.count;
  const page = document.documentElement;
  document.body.dataset.beyond = [page.scrollWidth - page.clientWidth, page.scrollHeight - page.clientHeight];
}, 500));
</script>"""


def rendered(page: Path, profile: Path, width: int = 1200) -> tuple[str, list[str]]:
    """The document after its scripts ran in a window so many pixels wide, and what the console said."""
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", WATCH + "</body>"), encoding="utf-8")
    run = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={profile}", f"--window-size={width},800", "--enable-logging=stderr",
         "--virtual-time-budget=4000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return run.stdout, [row for row in run.stderr.splitlines() if "CONSOLE" in row]


def inked(document: str) -> int:
    """How many pixels of the map are painted."""
    return int(document.split('data-inked="')[1].split('"')[0])


def test_segment_map_draws_and_lists(tmp_path: Path) -> None:
    """Lines are painted, every segment is in the list, and a hostile name is text there."""
    features: list[dict[str, Any]] = []
    for k in range(3):
        points = [[114.2, 22.7 + k / 100], [114.21, 22.7 + k / 100], [114.215, 22.705 + k / 100]]
        properties = {"id": f"s{k}", "kind": "ramp", "name": "</script><b>出口</b>"}
        features.append({"geometry": {"type": "LineString", "coordinates": points}, "properties": properties})
    write_segment_map(tmp_path / "map.html", {"features": features, "attribution": "© somebody"}, title="t")
    document, console = rendered(tmp_path / "map.html", tmp_path / "profile")
    assert console == []
    assert inked(document) > 1000
    assert document.count("&lt;/script&gt;&lt;b&gt;出口&lt;/b&gt;<small>") == 1  # of three, the one searched for
    assert 'data-found="0"' in document
    assert 'data-tip="</script><b>出口</b> ramp' in document.replace("&lt;", "<").replace("&gt;", ">")
    assert "© somebody" in document


@pytest.mark.parametrize("width", [800, 1280])
def test_report_draws_map_and_chart(tmp_path: Path, width: int) -> None:
    """Track and curve are painted, prompts are listed, and the page never scrolls as a whole."""
    rows = np.arange(200)
    drive = Drive(
        ("SIM-00001", "SIM-00002"), (rows > 150).astype(np.int32), 1_772_431_200_000 + rows * 10_000,
        114.2 + rows * 1e-4, 22.7 + 0.001 * np.sin(rows / 9), 50.0 + 10 * np.sin(rows / 20),
    )  # fmt: skip
    record = {
        "id": "x", "seq": 0, "vehicle": "SIM-00001", "kind": "approach", "state": "raised", "reason": None,
        "at": "2026-03-02T06:05:00.000Z", "lon": 114.203, "lat": 22.7, "speed_kmh": 61.0, "limit_kmh": 40.0,
        "segment": {"id": "r1", "kind": "ramp", "name": "出口"}, "ahead_m": 400.0, "severity": "info",
        "started_at": "2026-03-02T06:05:00.000Z", "ended_at": None, "worst": None,
        "prompt": {"form": "plain", "text": "匝道限速四十，请降速", "speak_at": "2026-03-02T06:05:04.500Z"},
    }  # fmt: skip
    write_report(
        tmp_path / "r.html", title="t", segments=None, drive=drive, alerts=[record], passages=[],
        summary={"fixes": 200}, simulated=True,
    )  # fmt: skip
    document, console = rendered(tmp_path / "r.html", tmp_path / "profile", width)
    assert console == []
    assert inked(document) > 300
    assert 'data-beyond="0,0"' in document
    assert "1. 匝道限速四十，请降速<small>" in document
    assert "scatterlayer" in document
    assert 'data-tip="SIM-00001' in document


def test_report_without_a_fix_is_a_page_too(tmp_path: Path) -> None:
    """Nothing to draw is no error."""
    write_report(
        tmp_path / "r.html", title="t", segments=None, drive=None, alerts=[], passages=[], summary={}, simulated=False
    )
    document, console = rendered(tmp_path / "r.html", tmp_path / "profile")
    assert console == []
    assert "Choose a vehicle" in document
