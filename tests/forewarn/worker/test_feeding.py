"""Positions put on the topic are read from it as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from forewarn.worker.feeding import Form, messages_of, objects_of
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.messages.partitioner import partitions_of
from ingest.positions import COLUMNS, FATIGUE_SIGN, PHONE_SIGN, PositionBatch, Reject
from tests.alerts.scene import drive
from tests.alerts.test_engine import drives, shuffled

FORMS: tuple[Form, ...] = ("json", "arrow")


@pytest.mark.parametrize("form", FORMS)
@hypothesis_settings(max_examples=40)
@given(made=drives(), seed=st.integers(0, 99))
def test_what_is_sent_is_what_is_read(form: Form, made: list[PositionBatch], seed: int) -> None:
    """Every column of every vehicle, in its order, and each message on the partition of its vehicles."""
    batch = shuffled(made, seed)
    rejects: list[Reject] = []
    found: dict[str, list[PositionBatch]] = {}
    for number in range(3):
        sent = [(key, value) for key, value, to in messages_of(batch, form, 3) if to == number]
        reader = Reader("positions", ReadOptions(), rejects.append)
        read = reader.read([Message(value, key, k, 0) for k, (key, value) in enumerate(sent)])
        for code, vehicle in enumerate(read.vehicles):
            assert partitions_of([vehicle], 3)[0] == number
            found.setdefault(vehicle, []).append(read.take(read.vehicle == code))
    assert rejects == []
    for code, vehicle in enumerate(batch.vehicles):
        own = batch.take(batch.vehicle == code)
        (read,) = found[vehicle]
        if form == "arrow":  # the fixes of one message are put in order of time
            own = own.take(np.argsort(own.time_ms, kind="stable"))
        for name in COLUMNS:
            if name in ("vehicle", "driver", "line", "received_ms"):
                continue
            np.testing.assert_allclose(getattr(read, name), getattr(own, name), atol=1e-3 if "_" in name else 1e-6)
        known = own.received_ms != np.iinfo(np.int64).min
        assert (read.received_ms[known] == own.received_ms[known]).all()
        names = [read.drivers[k] if k >= 0 else None for k in read.driver.tolist()]
        assert names == [own.drivers[k] if k >= 0 else None for k in own.driver.tolist()]


def test_signs_stand_only_in_messages_of_positions_that_have_some() -> None:
    """Most positions are without, and one of them is as long as before."""
    batch = drive([(0, 0), (500, 0)])
    batch.signs[1] = FATIGUE_SIGN | PHONE_SIGN
    assert [one.get("signs") for one in objects_of(batch)] == [None, 3, *[None] * (len(batch) - 2)]
