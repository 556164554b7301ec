"""Ids of records: the same on every run, apart for whatever differs."""

from __future__ import annotations

import numpy as np

from alerts.identity import Digests, digests, identities, record_id


def test_ids_tell_apart_what_differs() -> None:
    """The same input gives the same id; fields cannot run into each other."""
    assert record_id("approach", "a", None, "s", 1) == record_id("approach", "a", None, "s", 1)
    ids = {
        record_id("approach", "a", "b", "s", 1),
        record_id("approach", "ab", "", "s", 1),
        record_id("approach", "a", None, "s", 1),
    }
    assert len(ids) == 3


def test_an_id_is_the_same_on_every_machine() -> None:
    """Records written by another run must be found again: an id never changes from release to release."""
    assert record_id("approach", "京A12345", None, "r1", 1_700_000_000_000) == "751e98e5586dacb1bb36"


def test_a_column_of_ids_is_each_id() -> None:
    """However many at once, and whatever list the digests come from."""
    names = ["a", None, "c"]
    kept = Digests()
    rows = np.array([2, 0, 1, 2])
    first = kept.of(rows, names)
    names.append("d")
    rows = np.append(rows, 3)
    column = kept.of(rows, names)
    assert (column[:4] == first).all()
    kind, none = digests(["speeding"]).repeat(5), digests([None]).repeat(5)
    started = np.arange(5)
    expected = [record_id("speeding", names[row] or "", None, None, k) for k, row in enumerate(rows) if names[row]]
    made = identities(kind, column, none, none, started).ids
    assert [one for one, row in zip(made, rows, strict=True) if names[row]] == expected
