"""A matched path is doubted where nobody could have driven it in the time between two fixes."""

from __future__ import annotations

from pathlib import Path as FilePath

from forewarn.judge.doubt import doubtful
from forewarn.judge.evaluate import driven_rows
from forewarn.judge.fixes import Fixes
from forewarn.judge.passing import judge_passage
from forewarn.judge.whereabouts import Whereabouts
from tests.forewarn.judge.hand_made import alert, evidence, fixes, path

ROUND = ((0.0, 0.0), (1000.0, 0.0), (1000.0, 160.0), (1100.0, 160.0), (1100.0, 0.0), (3000.0, 0.0))
"""A road with a way round the block: 100 m straight, 420 m driven."""


def stretches(ms: float, every_s: float) -> int:
    """How many stretches of the way round are doubted at that speed and interval."""
    driven = [path(corners=ROUND, ms=ms)]
    return sum(len(one) for one in doubtful(Whereabouts(driven), Fixes(fixes(every_s, paths=driven))))


def test_a_way_round_at_speed_is_doubted() -> None:
    """280 m of it in 10 s, with 141 m between the fixes; a slow vehicle may well have driven it."""
    assert stretches(28.0, 10.0) > 0
    assert stretches(10.0, 28.0) == 0


def test_a_speed_that_nobody_drives_is_doubted() -> None:
    """180 km/h, straight on."""
    driven = [path(ms=50.0)]
    assert len(doubtful(Whereabouts(driven), Fixes(fixes(5.0, paths=driven)))[0]) > 0
    assert len(doubtful(Whereabouts([path()]), Fixes(fixes()))[0]) == 0


def test_what_is_doubted_is_not_judged(tmp_path: FilePath) -> None:
    """Neither the passage nor the sentence heard there."""
    driven = [path(ms=50.0)]
    e = evidence(tmp_path, [alert(30)], paths=driven)
    assert judge_passage(0, e).why in ("begins_here", "doubtful_match")
    assert e.in_doubt(0, *e.whereabouts.span_s(0))


def test_paths_without_a_fix_of_the_drives_are_not_judged() -> None:
    """A truth may tell of more drives than are judged: other vehicles, other days."""
    driven = [path("T1"), path("T2"), path("T1", begin_s=1_790_000_000.0)]
    assert driven_rows(Whereabouts(driven), Fixes(fixes(paths=driven[:1]))) == {0}
