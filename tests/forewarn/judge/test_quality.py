"""How good the warnings are on real drives must not get worse: ``quality.py`` writes the figures anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.forewarn.judge import quality

POINT: Final = 1.0
"""A figure may be so much worse than the one kept, in points."""
LESS_IS_BETTER: Final = ("wrong", "idle_per_100km")
FEWEST: Final = 50
"""Fewer passages than these are no evidence of a point."""


@pytest.mark.shared_data
def test_no_figure_gets_worse_by_more_than_a_point(shared_data: Path, tmp_path: Path) -> None:
    """Found, in time, wrong and idle, for each kind of place that these drives tell of."""
    kept = json.loads(quality.KEPT.read_text(encoding="utf-8"))["shares"]
    figures = quality.judged(shared_data, tmp_path)
    now = quality.shares(figures)
    many = {kind for kind, one in figures.kinds.items() if one.passages.scored >= FEWEST} | {"all"}
    worse = []
    for kind, shares in kept.items():
        for name, before in shares.items():
            sign = -1.0 if name in LESS_IS_BETTER else 1.0
            if kind in many and sign * (before - now[kind][name]) > POINT:
                worse.append(f"{kind} {name}: {before} before, {now[kind][name]} now")
    assert not worse, "\n".join([*worse, "if this is meant: python -m tests.forewarn.judge.quality, and read the diff"])
