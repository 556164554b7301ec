"""Whatever the drive: episodes are well formed, and any cutting gives the same ones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.rules import speeding
from tests.alerts.rules.rule_drive import Event, figures, fixes, plain, run
from tests.alerts.rules.test_speeding import BASE

SPEED = st.one_of(st.sampled_from([0.0, 41, 46, 60, 76, 80, 84, 86, 90, 97, 130, float("nan")]), st.floats(0, 160))
FIXES = st.lists(
    st.tuples(
        st.sampled_from([1.0, 5.0, 10.0, 30.0, 119.0, 121.0, 600.0]),
        SPEED,
        st.sampled_from([(-1, np.nan), (1, 40.0), (2, 60.0), (3, 100.0)]),
        st.integers(0, 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
)


def drive(rows) -> np.ndarray:
    """FIX rows of an arbitrary drive of two drivers."""
    gaps, speeds, places, clocks, mute = zip(*rows, strict=True)
    segment, limit = zip(*places, strict=True)
    return fixes(np.cumsum(gaps), speeds, limit_kmh=limit, segment=segment, clock=clocks, mute=np.array(mute))


@hypothesis_settings(deadline=None)  # the first example compiles the rule
@given(FIXES, st.sampled_from([0.0, 10.0]))
def test_episodes_are_well_formed(rows, least_s):
    """Each is raised once, cleared at most once and last, counted without holes, with its worst moment inside."""
    events = run(speeding, drive(rows), figures(speed=BASE._replace(least_s=least_s)))
    by_alert: dict[tuple[int, int, float], list[Event]] = {}
    for e in events:
        by_alert.setdefault((e.clock, e.segment, e.started), []).append(e)
    for alert in by_alert.values():
        assert [e.seq for e in alert] == list(range(len(alert)))
        assert alert[0].what == "raised"
        assert {e.what for e in alert[1:-1]} <= {"updated"}
        assert [e.what for e in alert].count("cleared") <= 1
        assert all(a.severity <= b.severity for a, b in pairwise(alert))
        for e in alert:
            assert e.worst_kmh > 0
            assert e.started <= e.worst_at <= e.at
        if alert[-1].what == "cleared":
            assert alert[-1].started <= alert[-1].worst_at <= alert[-1].ended <= alert[-1].at
            assert alert[-1].ended - alert[-1].started >= least_s


@hypothesis_settings(deadline=None)  # the first example compiles the rule
@given(FIXES, st.sets(st.integers(0, 60), max_size=6))
def test_any_cutting_gives_the_same_events(rows, cuts):
    """A fold: batches may end anywhere."""
    fix = drive(rows)
    inside = tuple(c for c in cuts if c <= fix.size)
    assert plain(run(speeding, fix, figures(speed=BASE), cuts=inside)) == plain(run(speeding, fix, figures(speed=BASE)))
