"""Pools: a row for whoever needs one, neutral when taken, used again when given back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.pools import Pooled, at, let_go, own, pooled, put_rows, roomy, rows_of, seated

ROW = np.dtype([("next", "i4"), ("value", "i8")])
WHO = 5


def fresh() -> Pooled:
    """Rows that hold 7 where nobody has written."""
    return pooled(np.array([(0, 7)], ROW), WHO)


@given(st.lists(st.tuples(st.integers(0, WHO - 1), st.booleans()), max_size=60))
def test_it_is_a_dictionary_of_those_who_have_a_row(steps: list[tuple[int, bool]]) -> None:
    """Whoever owns one reads what he wrote; whoever has none, or let it go, reads what is neutral."""
    pool, held = fresh(), {}
    for number, (who, keep) in enumerate(steps):
        if keep:
            row = own(pool, who)
            assert pool.rows[row]["value"] == held.get(who, 7)
            pool.rows[row]["value"] = held[who] = 100 + number
        else:
            let_go(pool, who)
            held.pop(who, None)
        assert [int(pool.rows[at(pool, k)]["value"]) for k in range(WHO)] == [held.get(k, 7) for k in range(WHO)]
        assert pool.ends[2] == len(held)
    assert pool.ends[1] <= WHO, "rows that were given back are taken first"


def test_room_is_made_without_moving_anything() -> None:
    """A larger pool holds the same rows, and more seats nobody's."""
    pool = fresh()
    pool.rows[own(pool, 3)]["value"] = 1
    larger = seated(roomy(pool, 10_000), 50)
    assert larger.rows.size > 10_000
    assert larger.of.size >= 50
    assert larger.rows[at(larger, 3)]["value"] == 1
    assert larger.rows[at(larger, 49)]["value"] == 7


def test_only_rows_in_use_are_kept() -> None:
    """What is saved is as long as the most rows that were ever in use, and goes on in another pool."""
    pool = fresh()
    pool.rows[own(pool, 3)]["value"] = 1
    saved = rows_of("some", pool)
    assert saved["some_rows"].size == 2
    other = put_rows("some", fresh()._replace(of=pool.of.copy()), {k: t.copy() for k, t in saved.items()}, 4)
    assert other.rows[at(other, 3)]["value"] == 1
    assert own(other, 0) == 2
