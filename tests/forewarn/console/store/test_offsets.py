"""Offsets: kept with what was read, or not at all."""

from __future__ import annotations

import pytest

from forewarn.console.store import Store, offsets, records
from tests.forewarn.console.making import T0, alert


def test_the_next_offset_is_kept_by_source_topic_and_partition(store: Store) -> None:
    """Each partition has its own, a later one replaces it, and another source's are not seen."""
    with store.begin() as c:
        assert offsets.of(c, "kafka") == {}
        offsets.put(c, "kafka", {("alerts", 0): 5, ("alerts", 1): 2**40, ("passages", 0): 1})
        offsets.put(c, "gateway", {("alerts", 0): 9})
        offsets.put(c, "kafka", {("alerts", 0): 6})
        offsets.put(c, "kafka", {})
        assert offsets.of(c, "kafka") == {("alerts", 0): 6, ("alerts", 1): 2**40, ("passages", 0): 1}
        assert offsets.of(c, "gateway") == {("alerts", 0): 9}


def test_an_offset_stands_or_falls_with_its_records(store: Store) -> None:
    """What was read and how far it was read are one transaction: a failure takes back both."""
    with pytest.raises(ZeroDivisionError), store.begin() as c:  # noqa: PT012  # a transaction of several statements
        records.put_alerts(c, [alert()])
        offsets.put(c, "kafka", {("alerts", 0): 1})
        _ = 1 / 0
    with store.read() as c:
        assert records.alerts_of_vehicle(c, "沪A00001", T0) == []
        assert offsets.of(c, "kafka") == {}
