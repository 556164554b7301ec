"""What was told of late, read once more."""

from __future__ import annotations

from forewarn.console.store import Store, lookback, records
from tests.forewarn.console.making import T0, alert, outcome, passage, prompt


def test_what_was_told_is_read_in_its_order(store: Store) -> None:
    """Warnings and passages by their time, outcomes by their coming; of before, and of nobody's, nothing."""
    warned = [alert(f"e{n}", at_ms=T0 + 5 - n, prompt=prompt(T0)) for n in range(7)]
    with store.begin() as c:
        records.put_alerts(c, [*warned, alert("silent", at_ms=T0 + 1)])
        records.put_passages(c, [passage("p2", T0 + 2), passage("p1", T0 + 3), passage("p0", T0 - 1)])
        records.put_outcomes(c, [outcome("e6")], T0 - 1)
        records.put_outcomes(c, [outcome("e2"), outcome("nobodys")], T0 + 3)
        records.put_outcomes(
            c, [outcome("e0", ended_at="2026-01-01T00:00:09Z"), outcome("e1", ended_at="2026")], T0 + 1
        )
    with store.read() as c:
        told = [one.id for one in lookback.warned(c, T0, 0)]
        assert [id for id in told if id.startswith("e")] == ["e5", "e4", "e3", "e2", "e1", "e0"]
        assert [id for id in told if id.startswith("p")] == ["p2", "p1"]
        late = [one.id for one in lookback.warned(c, T0, 3_600_000)]
        assert late[-2:] == ["p2", "p1"] and sorted(late) == sorted(told)
        told = [(at_ms - T0, one.alert_id, vehicle) for at_ms, one, vehicle in lookback.outcomes(c, T0)]
    assert told == [(1, "e1", "沪A00001"), (1, "e0", "沪A00001"), (3, "e2", "沪A00001")]
