"""Signs of fatigue that the cab's camera saw: one is for the record, several are told, and a rest ends it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts import signs
from alerts.fold import EPISODE, INFO, MAJOR, NO_FORM
from alerts.profiles import load_profile
from alerts.profiles.figures import FIGURES
from alerts.rules import fatigue
from ingest.positions import FATIGUE_SIGN, PHONE_SIGN
from tests.alerts.rules.rule_drive import Event, Tables, figures, fixes, plain, run, tables
from tests.alerts.rules.shift import CN, HOUR, MIN, legs, moved

F, P = FATIGUE_SIGN, PHONE_SIGN
RECORD = ("raised", "", "driver_monitor", NO_FORM)
AGAIN = ("updated", "", "driver_monitor", NO_FORM)
SPOKEN = ("updated", "signs", "driver_monitor", EPISODE)


def shift(*parts: tuple[float, float], signs_at: dict[float, int], every_s: float = 10.0, **more: Any) -> np.ndarray:
    """FIX rows of a drive of (seconds, km/h) parts, with signs at some seconds."""
    times, speeds = legs(*parts, every_s=every_s)
    seen = [signs_at.get(float(t), 0) for t in times]
    assert np.count_nonzero(seen) == len(signs_at)
    return fixes(times, speeds, north_m=moved(times, speeds), signs=seen, **more)


def judged(
    *parts: tuple[float, float],
    signs_at: dict[float, int],
    settings: fatigue.Settings = CN,
    state: Tables | None = None,
    **more: Any,
) -> list[Event]:
    """Events of such a drive."""
    return run(fatigue, shift(*parts, signs_at=signs_at, **more), figures(tired=settings), state)


def told(events: list[Event]) -> list[tuple[str, str, str, int]]:
    """What was raised and why, and whether it was said."""
    return [(e.what, e.subtype, e.reason, e.form) for e in events]


def test_one_sign_of_fatigue_is_for_the_record_alone():
    """The camera has spoken already; the alert is that of the driving under way."""
    (sign,) = judged((20 * MIN, 70), signs_at={600.0: F})
    assert told([sign]) == [RECORD]
    assert (sign.severity, sign.at, sign.started, sign.seq) == (INFO, 600.0, 0.0, 0)
    assert sign.driven_s == pytest.approx(600)


def test_a_sign_joins_the_alert_that_is_open():
    """There is one from rest to rest; another sign within the time is no news by itself."""
    settings = CN._replace(limit_s=0, day_limit_s=2 * HOUR, signs_needed=9)
    events = judged((1.9 * HOUR, 70), signs_at={5760.0: F, 6000.0: F}, settings=settings)
    assert [(e.what, e.subtype, e.reason, e.seq) for e in events] == [
        ("raised", "ahead", "", 0),
        ("updated", "", "driver_monitor", 1),
    ]


@pytest.mark.parametrize(
    ("seen", "is_told"),
    [
        ((F,), False),
        ((F, P), False),
        ((P, P, P), False),
        ((F, F), True),
        ((F, P, P), True),
        ((P, P, F), True),
        ((F | P, P), True),
        ((P, P, P, P), False),
    ],
)
def test_the_driver_is_told_when_signs_count_four(seen, is_told):
    """Fatigue counts two, the phone one; the sentence comes with the one that makes it four, not by the phone alone."""
    at = {600.0 + 60.0 * k: sign for k, sign in enumerate(seen)}
    events = judged((20 * MIN, 70), signs_at=at)
    assert [e.at for e in events if e.form == EPISODE] == ([max(at)] if is_told else [])


def test_what_is_told_is_grave_and_counts_in_the_pace():
    """As pressing as a limit that is reached; the alert stays grave to its end."""
    state = tables()
    events = judged((15 * MIN, 70), (25 * MIN, 0), signs_at={600.0: F, 660.0: F}, state=state)
    assert told(events) == [RECORD, SPOKEN, ("cleared", "", "rested", NO_FORM)]
    assert [e.severity for e in events] == [INFO, MAJOR, MAJOR]
    assert events[1].priority == 2
    assert state.pace.rows[state.pace.of[0]]["last_ms"] == 660_000


def test_what_a_terminal_repeats_within_half_a_minute_is_one_sign():
    """From its beginning on: one that goes on is another one then."""
    once = judged((20 * MIN, 70), signs_at={600.0 + 10 * k: F for k in range(4)})
    assert told(once) == [RECORD]
    twice = judged((20 * MIN, 70), signs_at={600.0 + 10 * k: F for k in range(5)})
    assert told(twice) == [RECORD, SPOKEN] and twice[1].at == 640.0


def test_signs_count_together_within_the_window_only():
    """Half an hour later a sign is the first again, and recorded as one."""
    within = judged((50 * MIN, 70), signs_at={600.0: F, 2400.0: F})
    assert told(within) == [RECORD, SPOKEN]
    apart = judged((50 * MIN, 70), signs_at={600.0: F, 2410.0: F})
    assert told(apart) == [RECORD, AGAIN]


@pytest.mark.parametrize("remind_s", [0.0, 300.0, 1200.0])
def test_it_is_not_said_again_within_the_time_of_reminders(remind_s):
    """A quarter of an hour where there are none; and only with a new sign."""
    settings = CN._replace(remind_s=remind_s)
    at = {600.0 + 60.0 * k: F for k in range(60)}
    said = [e.at for e in judged((80 * MIN, 70), signs_at=at, settings=settings) if e.form == EPISODE]
    assert set(np.diff(said)) == {remind_s or 900.0}
    quiet = judged((80 * MIN, 70), signs_at={600.0: F, 660.0: F}, settings=settings)
    assert [e.at for e in quiet if e.form == EPISODE] == [660.0]


def test_a_rest_ends_alert_and_count():
    """After twenty minutes of standing one sign is one again, though the window reaches back over them."""
    events = judged((700, 70), (21 * MIN, 0), (10 * MIN, 70), signs_at={690.0: F, 2100.0: F})
    assert told(events) == [RECORD, ("cleared", "", "rested", NO_FORM), RECORD]
    assert events[0].started != events[2].started
    short = judged((700, 70), (19 * MIN, 0), (10 * MIN, 70), signs_at={690.0: F, 2100.0: F})
    assert told(short) == [RECORD, SPOKEN]


@pytest.mark.parametrize(("at_s", "is_told"), [(1.99 * HOUR, False), (2.01 * HOUR, True)])
def test_one_sign_of_fatigue_is_enough_when_half_of_the_driving_time_is_used_up(at_s, is_told):
    """Not one of the phone; and where there is no limit, no half of it."""
    at = {round(at_s, -1): F}
    (sign,) = judged((2.2 * HOUR, 70), signs_at=at)
    assert (sign.form == EPISODE, sign.subtype == "signs") == (is_told, is_told)
    assert sign.what == "raised"
    assert judged((2.2 * HOUR, 70), signs_at=dict.fromkeys(at, P)) == []
    assert told(judged((2.2 * HOUR, 70), signs_at=at, settings=CN._replace(limit_s=0))) == [RECORD]


def test_stale_fixes_raise_for_the_record_and_the_next_fresh_sign_is_told():
    """Their signs count."""
    fix = shift((20 * MIN, 70), signs_at={600.0: F, 660.0: F, 720.0: P, 780.0: P})
    fix["mute"] = fix["time_ms"] < 700_000
    events = run(fatigue, fix, figures(tired=CN))
    assert told(events) == [
        ("raised", "", "stale", NO_FORM),
        ("updated", "signs", "stale", NO_FORM),
        SPOKEN,
    ]
    assert [e.at for e in events] == [600.0, 660.0, 720.0]


def test_signs_of_late_fixes_and_of_a_stand_do_not_count():
    """A late one is another lane; a phone, or a nap, at a halt is no danger."""
    fix = shift((20 * MIN, 70), signs_at={600.0: F, 660.0: F})
    late = fix[-1:].copy()
    late["live"], late["mute"], late["signs"], late["time_ms"] = False, True, F, 630_000
    assert told(run(fatigue, np.concatenate((fix[:64], late, late, fix[67:])), figures(tired=CN))) == [RECORD]
    assert judged((10 * MIN, 70), (3 * MIN, 0), (5 * MIN, 70), signs_at={660.0: F, 720.0: F}) == []


def test_a_profile_switches_it_off():
    """Signs at all, or only the sentence; the profile without a country's law has no signs."""
    at = {600.0: F, 660.0: F, 8000.0: F}
    assert judged((2.5 * HOUR, 70), signs_at=at, settings=CN._replace(signs_window_s=0)) == []
    events = judged((2.5 * HOUR, 70), signs_at=at, settings=CN._replace(signs_needed=0))
    assert told(events) == [RECORD, AGAIN]
    assert load_profile("plain").settings("fatigue", "truck").signs_window_s == 0


def test_each_driver_has_signs_of_his_own():
    """Two of one vehicle do not count together."""
    fix = shift((20 * MIN, 70), signs_at={600.0: F, 660.0: F})
    fix["clock"] = fix["time_ms"] > 630_000
    events = run(fatigue, fix, figures(tired=CN))
    assert [(e.clock, e.what, e.form) for e in events] == [(0, "raised", NO_FORM), (1, "raised", NO_FORM)]


def test_a_sign_at_the_very_first_fix_is_that_of_a_driving_which_begins_there():
    """Its alert goes on when the driving does."""
    events = judged((20 * MIN, 70), signs_at={0.0: F, 60.0: F})
    assert told(events) == [RECORD, SPOKEN]
    assert [(e.started, e.seq) for e in events] == [(0.0, 0), (0.0, 1)]


def test_a_limit_reached_at_the_same_fix_shares_its_sentence():
    """Both are recorded, the limit is spoken."""
    settings = CN._replace(limit_s=HOUR, ahead_s=0)
    events = judged((1.1 * HOUR, 70), signs_at={3600.0: F}, settings=settings)
    assert told(events)[:2] == [("raised", "reached", "", EPISODE), ("updated", "signs", "joint", NO_FORM)]


def test_a_row_is_kept_as_long_as_signs_may_count_and_no_longer():
    """Nothing of who has none; given back when the window, and the time until the next sentence, are over."""
    state = tables()
    judged((20 * MIN, 70), signs_at={}, state=state)
    assert state.clocks.signs.ends.tolist() == [0, 0, 0]
    fix = shift((60 * MIN, 70), signs_at={600.0: F, 660.0: F})
    figured, state = figures(tired=CN), tables()
    run(fatigue, fix[:240], figured, state)
    assert state.clocks.signs.ends[2] == 1
    run(fatigue, fix[240:], figured, state)
    assert state.clocks.signs.ends[2] == 0


def test_as_many_signs_are_kept_as_a_profile_may_ask_for():
    """Each counts one at least, and one of them, which is of fatigue, two."""
    most = FIGURES["fatigue"]["signs_needed"].most
    assert most == signs.MOST
    at = {600.0: F} | {660.0 + 60.0 * k: P for k in range(14)}
    events = judged((40 * MIN, 70), signs_at=at, settings=CN._replace(signs_needed=most))
    assert [e.at for e in events] == [600.0, max(at)]


@hypothesis_settings(deadline=None)  # the first example compiles the rule
@given(
    st.lists(
        st.tuples(
            st.sampled_from([10.0, 30.0, 60.0, 300.0, 1300.0]),
            st.sampled_from([0.0, 3.0, 40.0, 70.0]),
            st.integers(0, 1),
            st.sampled_from([0, 0, F, F, P, F | P]),
            st.booleans(),
        ),
        min_size=1,
        max_size=80,
    ),
    st.sets(st.integers(0, 80), max_size=5),
    st.sampled_from(
        [CN, CN._replace(limit_s=1200), CN._replace(signs_window_s=300, remind_s=0), CN._replace(limit_s=0)]
    ),
)
def test_any_cutting_gives_the_same_events_and_alerts_are_well_formed(rows, cuts, settings):
    """A fold; each alert counts its events without holes, is raised once, and has a sentence only at times."""
    gaps, speeds, clocks, seen, mute = (np.array(column) for column in zip(*rows, strict=True))
    fix = fixes(np.cumsum(gaps), speeds, north_m=np.cumsum(gaps * speeds / 3.6), clock=clocks, mute=mute, signs=seen)
    whole = run(fatigue, fix, figures(tired=settings))
    cut = run(fatigue, fix, figures(tired=settings), cuts=tuple(c for c in cuts if c <= fix.size))
    assert plain(cut) == plain(whole)
    alerts: dict[tuple[int, float], list[Event]] = {}
    for e in whole:
        alerts.setdefault((e.clock, e.started), []).append(e)
    for alert in alerts.values():
        assert [e.seq for e in alert] == list(range(len(alert)))
        assert [e.what for e in alert].count("raised") == 1 and alert[0].what == "raised"
        assert [e.what for e in alert].count("cleared") <= 1
        said = [e.at for e in alert if e.subtype == "signs" and e.form == EPISODE]
        assert (np.diff(said) >= (settings.remind_s or 900.0)).all()
