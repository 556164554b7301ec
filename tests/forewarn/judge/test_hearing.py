"""Wrong and idle: one sentence a clause, both ways. 72 km/h; the entry lies 3 km along the road."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import pytest

from alerts.record import Alert
from forewarn.judge.cases import PromptCase
from forewarn.judge.hearing import judge_sentences
from tests.forewarn.judge.hand_made import ENTRY_M, ENTRY_S, Roads, alert, evidence, fixes, passage, path

PASSED_BY: dict[str, Any] = {"passages": [], "roads": lambda roads: roads.not_entered.add("exit")}
"""The vehicle drives on past the exit."""


def judged(folder: FilePath, *alerts: Alert, **more: Any) -> PromptCase:
    """The last sentence, as judged."""
    return list(judge_sentences(evidence(folder, list(alerts), **more)))[-1]


def test_a_sentence_for_a_place_entered_is_right(tmp_path: FilePath) -> None:
    """Neither wrong nor idle."""
    one = judged(tmp_path, alert(30))
    assert (one.entered, one.wrong, one.idle, one.before_s) == (True, (), False, 30.0)


def test_only_what_was_spoken_of_an_approach_is_judged(tmp_path: FilePath) -> None:
    """Not what was withdrawn, nor a sentence about speeding."""
    taken_back = [alert(30, fix_before_s=50), alert(40, form=None, state="withdrawn", seq=1)]
    assert list(judge_sentences(evidence(tmp_path, taken_back))) == []
    assert list(judge_sentences(evidence(tmp_path, [alert(30, kind="speeding")]))) == []


def test_idle_where_the_place_was_named_and_not_entered(tmp_path: FilePath) -> None:
    """A conditional one and an advisory, but no order."""
    for form, idle in (("conditional", True), ("advisory", True), ("plain", False)):
        assert judged(tmp_path, alert(30, form=form), **PASSED_BY).idle is idle
    assert judged(tmp_path, alert(30), **PASSED_BY).wrong == ()


def test_who_comes_back_later_had_turned_off(tmp_path: FilePath) -> None:
    """The place lay 300 m ahead; the driver went another way round, 1,600 m long, and entered it then: idle."""

    def nearer(roads: Roads) -> None:
        roads.could_m["exit"] = 300.0

    one = judged(tmp_path, alert(80, expires_before_s=0, text="前方三百米出口匝道"), roads=nearer)
    assert (one.entered, one.idle, one.wrong) == (False, True, ())


def test_unreachable_is_wrong(tmp_path: FilePath) -> None:
    """On another road when the fix was taken: the entry cannot be reached from there."""

    def elsewhere(roads: Roads) -> None:
        roads.not_entered.add("exit")
        roads.out_of_reach_from_s["exit"] = 0.0

    one = judged(tmp_path, alert(30), passages=[], roads=elsewhere)
    assert (one.wrong, one.idle) == (("unreachable",), True)


def test_turned_off_since_the_fix_is_wrong_too(tmp_path: FilePath) -> None:
    """It could be reached when the fix was taken, and not any more when the sentence began."""

    def turned(roads: Roads) -> None:
        roads.not_entered.add("exit")
        roads.out_of_reach_from_s["exit"] = ENTRY_S - 35

    assert judged(tmp_path, alert(30, fix_before_s=40), passages=[], roads=turned).wrong == ("turned_off",)
    assert judged(tmp_path, alert(30, fix_before_s=32), passages=[], roads=turned).wrong == ("unreachable",)


def test_farther_than_two_kilometres_is_out_of_reach(tmp_path: FilePath) -> None:
    """1,900 m before the entry it may be spoken of, 2,100 m before it is the wrong place."""
    assert "unreachable" not in judged(tmp_path, alert(95, expires_before_s=0), **PASSED_BY).wrong
    assert "unreachable" in judged(tmp_path, alert(105, expires_before_s=0), **PASSED_BY).wrong


def test_early_beyond_a_minute_and_twice_the_lead(tmp_path: FilePath) -> None:
    """The lead is 20 s: a minute counts."""
    assert judged(tmp_path, alert(59)).wrong == ()
    assert judged(tmp_path, alert(61)).wrong == ("early",)


def test_parked(tmp_path: FilePath) -> None:
    """Stood for a minute and stands for another; a red light is shorter."""
    for stands_s, wrong in ((300.0, ("early", "parked")), (80.0, ())):
        drive = path(stand=(ENTRY_M - 200, stands_s), begin_s=ENTRY_S - 350)
        spoken = alert(350 - 140 - stands_s / 2, expires_before_s=-300)
        place = passage(entered_s=ENTRY_S - 350 + 150 + stands_s)
        assert judged(tmp_path, spoken, paths=[drive], passages=[place]).wrong == wrong


def test_the_same_form_twice_in_a_passage(tmp_path: FilePath) -> None:
    """Another form, or another passage, is none."""
    again = {"text": "前方匝道", "seq": 1}
    assert judged(tmp_path, alert(50), alert(25, **again)).wrong == ("repeated",)
    assert judged(tmp_path, alert(50), alert(25, form="plain", **again)).wrong == ()
    assert judged(tmp_path, alert(50), alert(25, identity="b", text="前方匝道")).wrong == ()


@pytest.mark.parametrize("form", ["plain", "sharper"])
def test_an_order_ahead_of_a_branch_is_wrong(tmp_path: FilePath, form: str) -> None:
    """The vehicle drove on elsewhere; had it entered, the order would have been right."""
    assert judged(tmp_path, alert(30, form=form), **PASSED_BY).wrong == ("ordered",)
    assert judged(tmp_path, alert(30, form=form)).wrong == ()


def test_stopped_or_turned_round_behind_the_branch_is_counted_apart(tmp_path: FilePath) -> None:
    """The drive ended before the entry; or the vehicle came back the way it had gone."""
    ended = judged(tmp_path, alert(30, form="plain"), paths=[path(length_m=ENTRY_M - 100)], **PASSED_BY)
    assert (ended.wrong, ended.turned_back) == ((), True)
    back = path(corners=((0.0, 0.0), (ENTRY_M - 100, 0.0), (ENTRY_M - 100, 8.0), (0.0, 8.0)))
    turned = judged(tmp_path, alert(30, form="plain"), paths=[back], **PASSED_BY)
    assert (turned.wrong, turned.turned_back) == ((), True)


def test_metres_told(tmp_path: FilePath) -> None:
    """600 m are true: 500 and 700 are within a fifth, 450 and 800 are not."""
    for words, holds in (("五百", True), ("七百", True), ("四百五十", False), ("八百", False)):
        one = judged(tmp_path, alert(30, text=f"前方{words}米出口匝道"))
        assert one.true_m == 600.0
        assert (one.wrong == ()) is holds


def test_metres_told_near_the_place(tmp_path: FilePath) -> None:
    """At 100 m, 50 m are the larger measure."""
    for words, holds in (("一百五十", True), ("五十", True), ("一百八十", False)):
        assert (judged(tmp_path, alert(5, expires_before_s=0, text=f"前方{words}米出口匝道")).wrong == ()) is holds


def test_metres_are_measured_at_speak_at(tmp_path: FilePath) -> None:
    """Not when a sentence that sounded first let it begin; nor at the fix."""
    first = alert(30, identity="b", kind="speeding")
    one = judged(tmp_path, first, alert(29.0, fix_before_s=50, text="前方六百米出口匝道"))
    assert one.true_m == pytest.approx(580, abs=1)
    assert one.before_s == pytest.approx(25.3, abs=0.2)


def test_metres_along_the_network_where_not_entered(tmp_path: FilePath) -> None:
    """A place passed by has a distance too."""
    assert judged(tmp_path, alert(30, text="前方三百米出口匝道"), **PASSED_BY).wrong == ("metres",)


def test_a_segments_own_sentence_tells_no_distance(tmp_path: FilePath) -> None:
    """Metres in it are about something else."""
    own = alert(30, text="前方弯道，三百米")
    assert judged(tmp_path, own, advice="前方弯道，三百米").wrong == ()


def test_within_the_place(tmp_path: FilePath) -> None:
    """A plain sentence to one who took the exit is right; it has no metres and is not early for anything."""
    one = judged(tmp_path, alert(-5, form="plain", text="匝道限速四十，请降速", expires_before_s=-12))
    assert (one.entered, one.wrong, one.before_s) == (True, (), None)


def test_where_nothing_can_be_said(tmp_path: FilePath) -> None:
    """No path tells of the moment, or the match jumped before the place."""
    later = [path(begin_s=ENTRY_S + 100)]
    assert judged(tmp_path, alert(30), paths=later, passages=[], sent=fixes(1.0)).unjudged == "no_path"
    cut = [path(length_m=ENTRY_M - 100, ends_cut=True)]
    one = judged(tmp_path, alert(30), paths=cut, **PASSED_BY)
    assert (one.unjudged, one.idle, one.wrong) == ("touches_cut", False, ())
