"""Names that do not belong to a partition cost it nothing beyond the message that they came with."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Iterator

import pytest

from alerts.record import encode
from forewarn.worker.partition import Partition
from forewarn.worker.snapshot import parts_of
from ingest.messages import Message
from ingest.messages.partitioner import partitions_of
from tests.alerts.scene import drive
from tests.alerts.test_engine import EXIT_WAY, roads
from tests.forewarn.worker.stage import CHANGE, messages_of, new_partition, template_over

OWN = next(name for name in (f"T{k}" for k in range(99)) if partitions_of([name], 2)[0] == 0)


@pytest.fixture
def partition() -> Partition:
    """The first of two."""
    made = new_partition(0, 2)
    made.change(CHANGE, template_over(roads()))
    return made


def message(offset: int, vehicle: str, **more: object) -> Message:
    """One position."""
    one = {"vehicle": vehicle, "time": "2026-05-28T20:00:00Z", "lon": 114.1, "lat": 22.7, **more}
    return Message(json.dumps(one).encode(), None, offset, 1_780_000_000_000)


def strangers(first: int, count: int) -> Iterator[Message]:
    """Positions of ever-new vehicles of the other partition."""
    names = [f"{'s' * 200}{k}" for k in range(first, first + 3 * count)]
    foreign = [name for name, number in zip(names, partitions_of(names, 2), strict=True) if number == 1]
    return (message(first + k, name) for k, name in enumerate(foreign[:count]))


def names_kept(partition: Partition) -> set[str]:
    """All names that a snapshot of the partition holds, but for that of the partition itself."""
    state = partition.saved()
    kept = {name for names in (state.screen.names, state.engine.names) for of in names.values() for name in of}
    return {name for name in kept if isinstance(name, str)} - {partition.name}


def test_a_refused_name_is_kept_nowhere(partition: Partition) -> None:
    """Nor does it make a snapshot that the topic would not take."""
    poison = [
        message(0, "x" * 1_500_000),
        message(1, OWN, driver="y" * 1_500_000),
        *strangers(2, 50),
        message(100, "z" * 1_500_000, lon=999.0),
    ]
    folded = partition.step([*poison, message(101, OWN, driver="known")])
    assert {one.reason for one in folded.rejected} == {"bad_name", "wrong_partition", "out_of_range"}
    assert names_kept(partition) == {OWN, "known"}
    assert max(len(content) for _, content in parts_of(partition.saved())) < 10_000


def test_own_vehicles_among_strangers_are_judged_as_ever(partition: Partition) -> None:
    """Their alerts are the same, whatever comes between their positions."""
    messages = messages_of(drive(EXIT_WAY, vehicle=OWN))
    alone = new_partition(0, 2)
    alone.change(CHANGE, template_over(roads()))
    wanted = [encode(alert) for one in messages for alert in alone.step([one]).alerts]
    found = []
    for k, one in enumerate(messages):
        mixed = [*strangers(1000 * k, 5), one._replace(offset=1000 * k + 500), *strangers(1000 * k + 600, 5)]
        found += [encode(alert) for alert in partition.step(mixed).alerts]
    assert found == wanted and wanted


def test_ever_new_strangers_do_not_fill_the_memory(partition: Partition) -> None:
    """100,000 names of 200 characters would be 20 MB and their tables ten times that."""
    held = []
    tracemalloc.start()
    gc.disable()  # as a worker's collector, which comes by rarely
    try:
        for k in range(50):
            partition.step(list(strangers(10_000 * k, 2000)))
            held.append(tracemalloc.get_traced_memory()[0])
        assert held[-1] - held[4] < 3_000_000
    finally:
        gc.enable()
        tracemalloc.stop()
    assert partition.vehicles == 0
