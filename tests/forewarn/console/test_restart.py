"""A console that ends and begins again, wherever that is, raises what one raises that never ended."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from forewarn.console.desk import Desk
from forewarn.console.incoming import Incoming
from forewarn.console.intake import Intake
from forewarn.console.store import open_store
from forewarn.console.store.alarms import listed
from forewarn.console.store.database import Store
from tests.forewarn.console.made import alert, fixes, ms, outcome, passage

HOUR_S = 3600
VEHICLES = ("T1", "T2")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ignored", "ignored", "ignored", "heeded", "failed", "spoken", "fatigue", "speeding", "ends")),
        st.sampled_from(VEHICLES),
        st.sampled_from(("D1", "D2")),
        st.sampled_from((90, 90, 600, 9 * HOUR_S)),
    ),
    min_size=6,
    max_size=14,
)
"""What happens to whom, and how many seconds after what happened before."""


def stream(steps: list[tuple[str, str, str, int]]) -> list[tuple[float, Incoming]]:
    """What comes in, and when: a warning and its passage, an outcome, an episode that begins or ends."""
    at_s, found, going = 0.0, [], dict[str, tuple[str, str]]()
    for k, (what, vehicle, driver, after_s) in enumerate(steps):
        at_s += after_s
        who: dict[str, Any] = {"vehicle": vehicle, "driver": driver}
        here = Incoming(positions=[fixes(*((name, at_s, 3.0) for name in VEHICLES))])
        later = Incoming()
        if what in ("ignored", "heeded"):
            here.add(alert("approach", id=f"w{k}", at_s=at_s, speak_s=at_s, limit_kmh=40.0, **who))
            speed_kmh = 60.0 if what == "ignored" else 41.0
            later.add(passage(f"p{k}", entry_kmh=speed_kmh, alert_ids=[f"w{k}"], at_s=at_s, **who))
        elif what in ("failed", "spoken"):
            here.add(alert("approach", id=f"w{k}", at_s=at_s, speak_s=at_s, **who))
            later.add(outcome(what, "not_answered" if what == "failed" else None, id=f"w{k}"))
        elif what in ("fatigue", "speeding"):
            going[vehicle] = (f"e{k}", what)
            here.add(alert(what, id=f"e{k}", at_s=at_s, speak_s=at_s, **who))
        elif vehicle in going:
            id, kind = going.pop(vehicle)
            here.add(alert(kind, "cleared", id=id, seq=1, at_s=at_s, ended_s=at_s, **who))
        found += [(at_s, here), (at_s + 40, later)]
    return found


def intake_of(store: Store, at_s: float) -> Intake:
    """An intake that has begun."""
    intake = Intake(store, Desk(store, lambda vehicle: None), "test", lambda: None)
    intake.begin(ms(at_s))
    return intake


def alarms_after(url: str, told: list[tuple[float, Incoming]], cuts: dict[int, int]) -> list[list[Any]]:
    """The alarms at the end and much later; ``cuts``: where it is started anew, and how much is told again then."""
    store = open_store(url)
    intake = intake_of(store, 0)
    for k, (at_s, incoming) in enumerate(told):
        if k in cuts:
            intake = intake_of(store, at_s)
            for _, again in told[max(0, k - cuts[k]) : k]:
                intake.take(again, ms(at_s))
        intake.take(incoming, ms(at_s))
        intake.turn(ms(at_s + 1))
    found = []
    for late_s in (2, 36 * HOUR_S):
        intake.turn(ms(told[-1][0] + late_s))
        with store.read() as c:
            found.append(sorted((a.kind, a.vehicle, a.state, a.present, a.count, sorted(a.holding)) for a in listed(c)))
    store.close()
    return found


@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(STEPS, st.data())
def test_a_restart_changes_no_alarm(steps: list[tuple[str, str, str, int]], data: st.DataObject) -> None:
    """Wherever it ends, and however much of its log is read again."""
    told = stream(steps)
    places = st.dictionaries(st.integers(1, len(told) - 1), st.integers(0, len(told)), min_size=1, max_size=3)
    cuts = data.draw(places)
    with tempfile.TemporaryDirectory() as at:
        one, other = (f"sqlite:///{Path(at) / name}.db" for name in ("one", "other"))
        assert alarms_after(one, told, {}) == alarms_after(other, told, cuts)


@pytest.mark.parametrize("again", [0, 6])
def test_warnings_ignored_are_counted_over_a_restart(store_url: str, again: int) -> None:
    """Two before it and one after it are three; with their log read again no more than that."""
    told = stream([("ignored", "T1", "D1", 90)] * 3)
    (alarms, later) = alarms_after(store_url, told, {4: again})
    assert [(kind, count) for kind, _, _, _, count, _ in alarms] == [("warnings_ignored", 1)]
    assert [present for _, _, _, present, _, _ in later] == [False]
