"""Found and in time: one drive past one exit a clause, both ways. 72 km/h; the entry lies 3 km along the road."""

from __future__ import annotations

import math
from pathlib import Path as FilePath
from typing import Any

import pytest

from alerts.record import Alert
from forewarn.judge.cases import BY_CLAUSE, BY_TIME, NEITHER, NO_SEGMENT, SCORED, SLOW, UNJUDGED, PassageCase
from forewarn.judge.passing import WayIn, judge_passage, plain_at
from tests.forewarn.judge.hand_made import ENTRY_M, ENTRY_S, KMH, alert, evidence, fixes, passage, path


def judged(folder: FilePath, *alerts: Alert, **more: Any) -> PassageCase:
    """The first passage, as judged."""
    return judge_passage(0, evidence(folder, list(alerts), **more))


@pytest.mark.parametrize(("limit", "status"), [(40, SCORED), (85, SCORED), (95, SLOW), (math.nan, SCORED)])
def test_scored_above_four_fifths_of_the_limit(tmp_path: FilePath, limit: float, status: str) -> None:
    """72 km/h at a limit of 95 is slow; without a limit everybody is concerned."""
    assert judged(tmp_path, passages=[passage(limit_kmh=limit)]).status == status


def test_fast_within_the_last_twenty_seconds_is_enough(tmp_path: FilePath) -> None:
    """A driver who stops for half a minute just before the entry was fast before; one who stopped earlier too."""
    stop = [path(stand=(ENTRY_M - 20, 10.0))]
    assert judged(tmp_path, paths=stop, passages=[passage(entered_s=ENTRY_S + 10)]).status == SCORED
    stop = [path(stand=(ENTRY_M - 20, 40.0))]
    assert judged(tmp_path, paths=stop, passages=[passage(entered_s=ENTRY_S + 40)]).status == SLOW


def test_what_cannot_be_judged(tmp_path: FilePath) -> None:
    """A cut, a place without a segment, a drive that begins at the entry."""
    cut = judged(tmp_path, passages=[passage(unjudged="touches_cut")])
    assert (cut.status, cut.why) == (UNJUDGED, "touches_cut")
    assert judged(tmp_path, passages=[passage(None)]).status == NO_SEGMENT
    begins = judged(tmp_path, passages=[passage(at_m=40.0, entered_s=ENTRY_S - ENTRY_M / 20 + 2)])
    assert (begins.status, begins.why) == (UNJUDGED, "begins_here")


@pytest.mark.parametrize(("before_s", "found"), [(170, True), (185, False), (0, True), (-3, False)])
def test_found_within_three_minutes_before_the_entry(tmp_path: FilePath, before_s: float, found: bool) -> None:
    """Not longer before, and not behind the entry."""
    drive = [path(begin_s=ENTRY_S - 200, ms=15.0)]
    one = judged(tmp_path, alert(before_s, expires_before_s=-20), paths=drive, passages=[passage(limit_kmh=40)])
    assert one.found is found


def test_what_became_of_a_sentence_not_found(tmp_path: FilePath) -> None:
    """The reason is told."""
    assert judged(tmp_path).missed == "nothing_raised"
    assert judged(tmp_path, passages=[passage(limit_kmh=80)]).missed == "nothing_raised_below_limit"
    assert judged(tmp_path, sent=fixes(1000.0)).missed == "no_fix_on_the_way_in"
    assert judged(tmp_path, alert(-3, expires_before_s=-9)).missed == "after_entry"
    withdrawn = alert(31, form=None, state="withdrawn", reason="slowed", seq=1)
    assert judged(tmp_path, alert(30, fix_before_s=50), withdrawn).missed == "withdrawn:slowed"
    assert judged(tmp_path, alert(30, form=None, reason="rate_limited")).missed == "without_sentence:rate_limited"


def test_a_joint_sentence_counts_for_both_exits(tmp_path: FilePath) -> None:
    """The second has a record without a sentence, of the same fix."""
    both = [passage(), passage("next", at_m=ENTRY_M + 400, entered_s=ENTRY_S + 20)]
    shared = alert(30, "next", form=None, reason="joint", identity="b")
    e = evidence(tmp_path, [alert(30), shared], passages=both)
    assert [judge_passage(row, e).found for row in (0, 1)] == [True, True]
    alone = evidence(tmp_path, [alert(30)], passages=both)
    assert [judge_passage(row, alone).found for row in (0, 1)] == [True, False]


def test_a_sentence_about_the_same_place_counts(tmp_path: FilePath) -> None:
    """Segments of one place are told once."""
    other = alert(30, "crossing")
    entered = passage("crossing-n", "unsignalled_crossing", limit_kmh=60)
    assert judged(tmp_path, other, passages=[entered]).found
    assert not judged(tmp_path, alert(30, "exit"), passages=[entered]).found


def test_displaced_is_counted_apart(tmp_path: FilePath) -> None:
    """A sentence of a higher priority took its place."""
    urgent = alert(28, identity="s", kind="speeding", priority=1)
    one = judged(tmp_path, alert(30, expires_before_s=29), urgent)
    assert (one.found, one.displaced, one.in_time) == (False, True, None)
    longer = judged(tmp_path, alert(30, expires_before_s=29), alert(28, identity="s", kind="speeding", priority=4))
    assert (longer.found, longer.displaced) == (True, False)


def test_in_time_by_time(tmp_path: FilePath) -> None:
    """The lead at 72 km/h into 40: 3 + 4.7 + 2.5 s and 6.9 s of braking, so the least one, 20 s, holds."""
    assert judged(tmp_path, alert(20.5)).in_time == BY_TIME
    late = judged(tmp_path, alert(19.5))
    assert (late.in_time, late.lead_s) == (NEITHER, 20.0)


def test_the_lead_grows_with_the_speed(tmp_path: FilePath) -> None:
    """At 144 km/h braking alone takes 18.5 s: 20 s are too few."""
    fast = {"paths": [path(begin_s=ENTRY_S - ENTRY_M / 40, ms=40.0)], "passages": [passage()]}
    assert judged(tmp_path, alert(27.0), **fast).in_time == NEITHER
    enough = judged(tmp_path, alert(29.0), **fast)
    assert enough.in_time == BY_TIME and enough.lead_s == pytest.approx(28.7, abs=0.2)


def test_in_time_by_the_clause_of_the_second_fix(tmp_path: FilePath) -> None:
    """With two fixes on the way in, the second one is soon enough; with a third one before, it is not."""
    drive = path(begin_s=ENTRY_S - 30, length_m=2000)
    place = passage(at_m=600.0)
    way = {"paths": [drive], "passages": [place], "roads": lambda r: r.entry_m.update(exit=600.0)}
    late = alert(12, fix_before_s=15)
    assert judged(tmp_path, late, sent=fixes(15.0, paths=[drive]), **way).in_time == BY_CLAUSE
    assert judged(tmp_path, late, sent=fixes(5.0, paths=[drive]), **way).in_time == NEITHER


def test_the_first_fix_where_the_way_in_is_plain() -> None:
    """It counts alone where every other road is further away than twice the noise."""
    first, second = WayIn(1.0, 1.0, 100.0), WayIn(2.0, 2.0, 200.0)
    apart = {100.0: 30.0, 200.0: 8.0}.__getitem__
    assert plain_at([first, second], 5.0, apart) == first
    assert plain_at([first, second], 20.0, apart) == second
    assert plain_at([first, second], 5.0, lambda _: math.nan) == second
    assert plain_at([second], 5.0, apart) == second
    assert plain_at([], 5.0, apart) is None


def test_fixes_before_the_lead_point(tmp_path: FilePath) -> None:
    """One each 30 s: at 150, 120, ... 30 s before the entry; within 2 km those at 90, 60 and 30."""
    one = judged(tmp_path, sent=fixes(30.0))
    assert (one.fixes_in, one.fixes_before_lead) == (4, 3)
    late = judged(tmp_path, sent=fixes(30.0, delay_s=15.0))
    assert (late.fixes_in, late.fixes_before_lead) == (3, 2)


def test_speed_of_the_drives() -> None:
    """What the other tests rest on."""
    assert pytest.approx(72.0) == KMH
