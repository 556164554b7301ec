"""The page of the judge in a real browser: goals, cases on a map each, and the engine's reasons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forewarn.judge.goals import Verdict
from forewarn.judge.worst import Thought, WorstCase
from forewarn.pages.background import Road
from forewarn.pages.judge_page import write_judge_page
from tests.alerts.scene import degrees
from tests.forewarn.judge.hand_made import ENTRY_S, alert, evidence
from tests.forewarn.judge.test_figures import figures, heard, told
from tests.forewarn.pages.test_pages_browser import inked, pytestmark, rendered

__all__ = ["pytestmark"]

HOSTILE = "</script><b>why</b>"


def page(folder: Path, cases: list[WorstCase]) -> Path:
    """A page with those cases of the hand-made drive."""
    road = Road(np.array([degrees(0, 0), degrees(5000, 0)]), True, "motorway", [])
    written = folder / "judge.html"
    write_judge_page(
        written,
        title="drives.csv",
        figures=[figures([told()], [heard(wrong=("metres",))])],
        verdicts=[Verdict("found", "found", "at least 99 %", 100.0, "%", True), Verdict("x", "x", "", None, "", None)],
        cases=cases,
        evidence=evidence(folder, [alert(30)]),
        roads=[road],
        simulated=True,
    )
    return written


def case(cause: str, folder: Path) -> WorstCase:
    """A case of the hand-made drive."""
    e = evidence(folder, [alert(30)])
    thought = Thought(ENTRY_S - 30, *degrees(2400, 0), 72.0, 15.0, 600.0, 0.9, HOSTILE, ["way 0.90 (2 m)"])
    return WorstCase(
        cause, 7, "T1", "ramp", "exit", ENTRY_S, 0, [("place", HOSTILE), ("limit", "40 km/h")], e.sentences, [thought]
    )


@pytest.mark.parametrize("width", [800, 1280])
def test_cases_are_drawn_and_explained(tmp_path: Path, width: int) -> None:
    """Every case is listed, drawn on a map, and its reasons stand as text; nothing comes from a network."""
    written = page(tmp_path, [case("ramp, late", tmp_path), case("ramp, wrong: metres", tmp_path)])
    document, console = rendered(written, tmp_path / "profile", width)
    assert console == []
    assert inked(document) > 300
    assert 'data-beyond="0,0"' in document
    assert "ramp, late<small>" in document and "ramp, wrong: metres<small>" in document
    assert "&lt;/script&gt;&lt;b&gt;why&lt;/b&gt;</td>" in document
    assert "前方出口匝道，驶出请减速到四十</td>" in document
    assert "SIMULATED" in document and "not judged" in document


def test_a_page_without_cases(tmp_path: Path) -> None:
    """Nothing missed is no error: the page says so."""
    text = page(tmp_path, []).read_text(encoding="utf-8")
    assert '"cases":[]' in text
