"""The figures are sums of the cases; nothing is counted that cannot be judged, and no evidence is never 100 %."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import pytest

from forewarn.judge.cases import BY_CLAUSE, BY_TIME, NEITHER, SCORED, SLOW, UNJUDGED, PassageCase, PromptCase
from forewarn.judge.figures import KINDS, Figures, figures_of
from forewarn.judge.fixes import Fixes
from forewarn.judge.goals import GOALS, verdicts
from forewarn.judge.load import Driving, driving_of, pauses_s, per_hour
from forewarn.judge.spoken import sentences
from tests.forewarn.judge.hand_made import START_S, alert, evidence, fixes, path


def told(status: str = SCORED, *, kind: str = "ramp", found: bool = True, **more: Any) -> PassageCase:
    """A passage as judged; in time by time where found."""
    in_time = (BY_TIME if found else NEITHER) if status == SCORED and not more.get("displaced") else None
    given = {
        "row": 0, "vehicle": "T1", "place": "ways 1", "segment": "exit", "entered_at": None, "lon": 0.0, "lat": 0.0,
        "limit_kmh": 40.0, "why": None, "highest_kmh": 72.0, "lead_s": 20.0, "fixes_in": 3, "fixes_before_lead": 2,
        "displaced": False, "before_s": 30.0 if found else None, "in_time": in_time,
        "missed": None if found else "nothing_raised", "form": None, "text": None, "alert_id": None, "raised_at": None,
    }  # fmt: skip
    return PassageCase(status=status, kind=kind, found=found, **{**given, **more})


def heard(*, kind: str = "ramp", wrong: tuple[str, ...] = (), **more: Any) -> PromptCase:
    """A sentence as judged."""
    given = {
        "vehicle": "T1", "segment": "exit", "name": "exit", "alert_id": "a1", "seq": 0, "form": "conditional",
        "text": "", "raised_at": "", "began_at": "", "lon": 0.0, "lat": 0.0, "unjudged": None, "entered": True,
        "before_s": 30.0, "idle": False, "turned_back": False, "told_m": (), "true_m": None, "built_up": None,
    }  # fmt: skip
    return PromptCase(kind=kind, wrong=wrong, **{**given, **more})


def figures(passages: list[PassageCase], prompts: list[PromptCase] | None = None, **more: Any) -> Figures:
    """The figures of 200 km in 4 hours."""
    given: dict[str, Any] = {"km_outside": None, "noise_m": 5.0, "fixes": 10, "vehicles": 1, **more}
    return figures_of("as_they_are", "as they are", passages, prompts or [], [], [path()], Driving(200.0, 4.0), **given)


def test_found_is_a_share_of_those_scored() -> None:
    """Slow, unjudged and displaced ones count in no share, and are told apart."""
    f = figures(
        [
            *[told()] * 3,
            told(found=False),
            told(SLOW),
            told(UNJUDGED, why="touches_cut", found=False),
            told(found=False, displaced=True),
        ]
    ).all.passages
    assert (f.found, f.found_pct, f.displaced, f.scored) == (3, 75.0, 1, 5)
    assert (f.slow, f.slow_told, f.unjudged) == (1, 1, {"touches_cut": 1})
    assert f.missed == {"nothing_raised": 1}


def test_those_over_the_limit_are_told_apart() -> None:
    """Scored from 80 % of it on; how many of the faster ones were found."""
    f = figures([told(), told(highest_kmh=38.0), told(highest_kmh=41.0, found=False)]).all.passages
    assert (f.scored, f.over_limit, f.over_limit_found_pct) == (3, 2, 50.0)


def test_in_time_has_three_figures() -> None:
    """By time, by the clause, neither; and by time alone where two fixes came before the lead point."""
    clause = told(in_time=BY_CLAUSE, fixes_before_lead=1)
    f = figures([told(), clause, told(in_time=NEITHER), told(found=False)]).all.passages
    assert (f.by_time, f.by_clause, f.neither, f.in_time_pct) == (1, 1, 2, 50.0)
    assert (f.two_fixes, f.two_fixes_by_time) == (3, 1)


def test_a_kind_without_evidence_is_not_judged() -> None:
    """None, never 100 %; every kind has its row."""
    f = figures([told()])
    assert list(f.kinds) == list(KINDS)
    assert f.kinds["ramp"].judged and not f.kinds["village_road"].judged
    assert f.kinds["village_road"].passages.found_pct is None
    assert f.kinds["village_road"].prompts.wrong_pct is None


def test_further_kinds_have_a_row_too() -> None:
    """Kinds are data."""
    assert figures([told(kind="school")]).kinds["school"].passages.found == 1


def test_wrong_counts_sentences_and_reasons() -> None:
    """One sentence that is wrong for two reasons is one; unjudged ones are apart."""
    f = figures([], [heard(wrong=("early", "metres")), heard(wrong=("early",)), heard(), heard(unjudged="no_path")])
    h = f.all.prompts
    assert (h.judged, h.wrong, h.wrong_pct) == (3, 2, 66.7)
    assert h.wrong_by == {"early": 2, "metres": 1}
    assert h.unjudged == {"no_path": 1}


def test_idle_per_distance_and_time() -> None:
    """On all roads, and outside towns where the map tells where those are."""
    idle = [heard(idle=True, built_up=True), heard(idle=True, built_up=False), heard(built_up=False)]
    h = figures([], idle, km_outside=50.0).all.prompts
    assert (h.idle, h.idle_per_100km, h.idle_per_hour) == (2, 1.0, 0.5)
    assert (h.idle_outside, h.idle_outside_per_100km) == (1, 2.0)
    assert figures([], idle).all.prompts.idle_outside_per_100km is None


def test_goals_are_met_or_missed_or_not_judged() -> None:
    """All found and in time, none wrong; idle outside towns is not known."""
    met = {v.goal: v.met for v in verdicts(figures([told()] * 99 + [told(found=False)], [heard()]))}
    assert met["found"] and met["in_time"] and met["by_time"] and met["wrong"]
    assert met["idle"] is None
    assert met.keys() == {goal.name for goal in GOALS}
    missed = {v.goal: v.met for v in verdicts(figures([told()] * 97 + [told(found=False)] * 3))}
    assert missed["found"] is False and missed["in_time"] is True
    assert missed["wrong"] is None


def test_driving_leaves_out_long_stands() -> None:
    """5 km in 250 s; a stop of ten minutes on the way is no driving."""
    assert driving_of([path()]) == Driving(pytest.approx(5.0), pytest.approx(250 / 3600))
    assert driving_of([path(stand=(3000.0, 600.0))]).hours == pytest.approx(250 / 3600)


def test_prompts_per_driving_hour_of_each_vehicle() -> None:
    """Two in the first hour of T1, one in its second, none in T2's only one."""
    long = path(length_m=100_000.0)
    spoken = [
        alert(-s, identity=str(s), expires_before_s=-s - 60) for s in (0, 1000, 4000)
    ]  # seconds behind the entry, which lies 150 s from the begin
    heard_all = sentences(spoken, Fixes(fixes(paths=[long, path("T2")])))
    assert sorted(per_hour([long, path("T2")], heard_all).tolist()) == [0, 1, 2]


def test_pauses_lie_between_the_end_of_one_and_the_begin_of_the_next() -> None:
    """A sentence of 4.7 s, and another 10 s after its begin."""
    two = [alert(30), alert(20, "village", identity="b")]
    assert pauses_s(sentences(two, Fixes(fixes()))).tolist() == pytest.approx([5.3])


def test_a_drive_is_judged_from_end_to_end(tmp_path: FilePath) -> None:
    """What the hand-made stage of the other tests gives, summed: kilometres from the path."""
    e = evidence(tmp_path, [alert(30)])
    assert driving_of(e.truth.paths).km == pytest.approx(5.0)
    assert e.whereabouts.span_s(0)[0] == START_S
