"""Dictionaries that grow: what belongs to a name is worked out once, and codes stay what they were."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ingest.names import Names, PerName


class Lengths:
    """The length of each name, and what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.of = PerName(self._of, np.int32(-7))

    def _of(self, names) -> list[int]:
        self.asked += names
        return [len(n) for n in names]


@given(st.lists(st.lists(st.text(max_size=5), max_size=9), max_size=9))
def test_each_name_is_asked_for_once(parts):
    """However a dictionary grows; its values are those of its names, and -1 points to the value of no name."""
    lengths, names = Lengths(), []
    for part in parts:
        names += part
        values = lengths.of(names)
        assert values[: len(names)].tolist() == [len(n) for n in names]
        assert values[-1] == -7
    assert lengths.asked == names


def test_another_dictionary_is_looked_at_anew():
    """Equal or not, longer or shorter: only one and the same dictionary is known."""
    lengths = Lengths()
    one, two = ["a", "bb"], ["ccc"]
    for names in (one, two, one, tuple(one)):
        assert lengths.of(names)[: len(names)].tolist() == [len(n) for n in names]
    assert len(lengths.asked) == 7


def test_names_of_another_dictionary_become_codes():
    """New ones are taken in, known ones keep their code, -1 stays -1."""
    names = Names()
    names.one("b")
    other = ["a", "b"]
    assert names.encode_names(other)[[0, 1, -1]].tolist() == [1, 0, -1]
    other.append("c")
    assert names.encode_names(other)[[0, 1, 2, -1]].tolist() == [1, 0, 2, -1]
    assert names.all == ["b", "a", "c"]
    assert names.encode_names(())[[-1]].tolist() == [-1]


def test_a_column_of_names_becomes_codes():
    """Blanks around a name are cut off; null and what stands for no name is -1."""
    names = Names()
    column = pl.Series([" a", "a ", None, "N/A", "b"])
    assert names.encode(column, ("n/a",)).tolist() == [0, 0, -1, -1, 1]
    assert names.encode(pl.Series(["b", "b"])).tolist() == [1, 1]
    assert names.all == ["a", "b"]
