"""The voice queue on event time: what each driver would have heard, and when."""

from __future__ import annotations

import math

import pytest

from alerts.record import Alert
from forewarn.judge.fixes import Fixes
from forewarn.judge.spoken import Sentence, sentences
from tests.forewarn.judge.hand_made import ENTRY_S, alert, fixes


def heard(*alerts: Alert, delay_s: float | None = None) -> list[Sentence]:
    """What became of the prompts of those records."""
    return sentences(alerts, Fixes(fixes(1.0, delay_s=delay_s)))


def test_a_sentence_begins_at_its_moment() -> None:
    """At ``speak_at``, held since its fix arrived."""
    (one,) = heard(alert(30, fix_before_s=42))
    assert one.outcome == "spoken"
    assert one.began_s == pytest.approx(ENTRY_S - 30)
    assert one.fix_s == pytest.approx(ENTRY_S - 42)


def test_a_moment_before_arrival_counts_as_arrival() -> None:
    """What is sent 4 s late cannot be said earlier."""
    (one,) = heard(alert(30), delay_s=4.0)
    assert one.began_s == pytest.approx(ENTRY_S - 26)


def test_a_withdrawn_sentence_is_not_heard() -> None:
    """The record that takes it back arrives before its moment."""
    (one,) = heard(alert(30, fix_before_s=50), alert(40, form=None, state="withdrawn", reason="turned_off", seq=1))
    assert (one.outcome, one.reason) == ("withdrawn", "turned_off")
    assert math.isnan(one.began_s)


def test_withdrawn_after_its_moment_it_was_heard() -> None:
    """Half a sentence helps nobody: what sounds is spoken to its end."""
    (one,) = heard(alert(30, fix_before_s=50), alert(29, form=None, state="withdrawn", seq=1))
    assert one.spoken


def test_taken_back_at_its_very_moment_it_is_not_heard() -> None:
    """Whatever arrives at a moment is known then."""
    (one,) = heard(alert(30, fix_before_s=50), alert(30, form=None, state="withdrawn", seq=1))
    assert one.outcome == "withdrawn"


def test_equal_ones_queue() -> None:
    """The second waits for the end of the first."""
    first, second = heard(alert(30), alert(29, "village", identity="b"))
    assert second.began_s == pytest.approx(first.began_s + first.length_s)


def test_one_that_waits_too_long_expires() -> None:
    """It never begins past ``expires_at``; nothing more pressing displaced it."""
    _, second = heard(alert(30), alert(29, identity="b", expires_before_s=28))
    assert (second.outcome, second.displaced) == ("expired", False)


def test_a_more_pressing_one_cuts_and_displaces() -> None:
    """The one cut short would end too late behind it."""
    first, second = heard(alert(30, expires_before_s=29), alert(28, identity="b", priority=1))
    assert (first.outcome, first.displaced, second.outcome) == ("cut", True, "spoken")
    assert second.began_s == pytest.approx(ENTRY_S - 28)


def test_one_cut_short_is_said_again_where_it_is_still_in_time() -> None:
    """Behind the more pressing one, from its beginning."""
    first, second = heard(alert(30), alert(28, "village", identity="b", priority=1))
    assert first.outcome == "spoken"
    assert first.began_s == pytest.approx(second.began_s + second.length_s)


def test_one_kept_waiting_by_a_more_pressing_one_is_displaced() -> None:
    """It expired while the other sounded."""
    _, second = heard(alert(30, identity="b", priority=1), alert(29, expires_before_s=27))
    assert (second.outcome, second.displaced) == ("expired", True)


def test_a_newer_sentence_of_a_passage_replaces_the_one_that_waits() -> None:
    """The older one is withdrawn."""
    first, second = heard(alert(30, fix_before_s=60), alert(29, fix_before_s=40, seq=1, form="plain", text="匝道"))
    assert (first.outcome, first.reason, second.outcome) == ("withdrawn", "superseded", "spoken")


def test_the_same_place_is_not_spoken_of_twice_in_a_row() -> None:
    """Within 20 s, unless more pressingly."""
    first, second = heard(alert(40), alert(30, seq=1))
    assert first.spoken
    assert (second.outcome, second.reason) == ("withdrawn", "cooldown")


def test_every_vehicle_has_a_voice_of_its_own() -> None:
    """Two at the same moment in two vehicles both begin then."""
    first, second = heard(alert(30), alert(30, identity="b", vehicle="T2"))
    assert first.began_s == second.began_s == pytest.approx(ENTRY_S - 30)
