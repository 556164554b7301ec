"""Who ignores warnings again and again: counted per driver and place, kept for ninety days, in a table that grows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.repeats import REMEMBER_MS, ROW, ignored, note, place_of, roomy
from alerts.tables import blank
from tests.alerts.rules.test_approach import TO_EXIT
from tests.alerts.scene import drive, engine_over, motorway_exit, run


def test_only_ignored_warnings_make_a_repeater() -> None:
    """A broken limit is counted, but does not make the sentence firmer."""
    table = blank(ROW, 8)
    note(table, 3, 5, 1000, True, True)
    note(table, 3, 5, 2000, False, True)
    row = table[place_of(table, 3, 5)]
    assert (row["ignored"], row["broken"], row["last_ms"]) == (1, 2, 2000)
    assert ignored(table, 3, 5, 2000) == 1


def test_drivers_and_places_are_told_apart() -> None:
    """Neither another driver nor another place nor the pair turned round counts."""
    table = blank(ROW, 16)
    note(table, 1, 2, 0, True, False)
    assert [ignored(table, *pair, 0) for pair in ((1, 2), (2, 1), (1, 1), (2, 2), (0, 2))] == [1, 0, 0, 0, 0]


def test_after_ninety_days_it_is_forgotten() -> None:
    """A quarter: to the millisecond."""
    table = blank(ROW, 8)
    note(table, 0, 0, 0, True, True)
    assert ignored(table, 0, 0, REMEMBER_MS) == 1
    assert ignored(table, 0, 0, REMEMBER_MS + 1) == 0


def test_a_passage_entered_earlier_and_noted_later_does_not_turn_time_back() -> None:
    """``last_ms`` is the newest."""
    table = blank(ROW, 8)
    note(table, 0, 0, 5000, True, False)
    note(table, 0, 0, 4000, True, False)
    assert table[place_of(table, 0, 0)]["last_ms"] == 5000


@hypothesis_settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 2_000_000), st.integers(0, 600_000)), max_size=120))
def test_table_counts_as_a_dictionary_does_while_it_grows(pairs: list[tuple[int, int]]) -> None:
    """Any pairs, from the smallest table up: nothing is lost or mixed up."""
    table = blank(ROW, 2)
    for k, (clock, segment) in enumerate(pairs):
        table = roomy(table, k + 1)
        note(table, clock, segment, k, True, False)
    for (clock, segment), n in Counter(pairs).items():
        assert ignored(table, clock, segment, len(pairs)) == n
    assert int((table["key"] != 0).sum()) == len(set(pairs))
    assert table.size >= 2 * len(pairs) or not pairs


def test_a_passage_of_an_engine_that_grew_is_still_known(tmp_path: Path) -> None:
    """Thousands of vehicles later the first one is still a repeater, with its counts."""
    engine = engine_over(tmp_path, motorway_exit())
    for k in range(2):
        run(engine, drive(TO_EXIT, every_s=5, start_s=4000 * k, vehicle="first"))
    for k in range(1500):
        engine.step(drive([(5000, 5000), (5050, 5000)], vehicle=f"other {k}", start_s=9000))
    [row] = engine.repeaters()
    assert (row["vehicle"], row["segment"], row["ignored"]) == ("first", "exit", 2)
    assert engine.vehicles == 1501
