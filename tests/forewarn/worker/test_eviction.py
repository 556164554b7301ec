"""Silent vehicles are put away in parts, found again by their names, and kept over snapshots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from structlog.testing import capture_logs

from alerts.record import encode
from forewarn.worker import eviction
from forewarn.worker.eviction import Evicted
from forewarn.worker.keeping import Keeper, Kept
from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.partition import Folded, Partition
from forewarn.worker.transaction import Message
from ingest.positions import PositionBatch
from tests.alerts.scene import drive, motorway_exit
from tests.alerts.test_engine import EXIT_WAY, shuffled
from tests.forewarn.worker.stage import CHANGE, messages_of, new_partition, template_over
from tests.forewarn.worker.test_keeping import Record

HOUR_MS = 3_600_000
TEMPLATE = template_over(motorway_exit())


def later(batch: PositionBatch, hours: float) -> PositionBatch:
    """The same drive so much later."""
    return replace(batch, time_ms=batch.time_ms + round(hours * HOUR_MS))


def fleet(partition: Partition, names: list[str], hours: float) -> Folded:
    """Each drives past the exit at that hour."""
    folded = Folded()
    for name in names:
        batch = later(drive(EXIT_WAY, every_s=30.0, kmh=95.0, vehicle=name, driver="A"), hours)
        folded.join(partition.step(messages_of(batch, partition.offset)))
    return folded


def records(folded: Folded) -> list[bytes]:
    """What came of it."""
    return [encode(record) for record in (*folded.alerts, *folded.passages)]


class Topic:
    """What a keeper wrote, by offset, as the broker would have it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.written: list[Message] = []
        self.asked: list[int] = []

    def take(self, messages: list[Message]) -> None:
        """Write messages and tell where they stand."""
        for message in messages:
            if message.landed is not None:
                message.landed(len(self.written))
            self.written.append(message)

    def read(self, offset: int) -> bytes:
        """Return a record."""
        self.asked.append(offset)
        return self.written[offset].value or b""

    def kept(self) -> Kept:
        """What a worker that takes the partition up finds."""
        return Kept(Record(m.key, m.value, k) for k, m in enumerate(self.written))


@pytest.fixture
def topic() -> Topic:
    """A topic of states."""
    return Topic()


def partition_on(topic: Topic) -> Partition:
    """A fresh partition that reads evicted vehicles from there."""
    return new_partition(evicted=Evicted(topic.read))


def snapshot(partition: Partition, keeper: Keeper, topic: Topic) -> None:
    """Write one as the worker does, whole."""
    keeper.begin(partition.saved(), "", partition.evicted)
    while keeper.busy:
        topic.take(keeper.more())


def test_memory_is_that_of_the_vehicles_heard_of(topic: Topic) -> None:
    """The others are in parts of so many; driver, clocks and repeated violations go with them."""
    partition = partition_on(topic)
    partition.change(CHANGE, TEMPLATE)
    fleet(partition, [f"T{k}" for k in range(300)], 0)
    fleet(partition, ["N"], 100)
    assert partition.evict(101 * HOUR_MS) == 0 and partition.vehicles == 301
    assert partition.evict(72 * HOUR_MS) == 300
    assert partition.vehicles == 1 and len(partition.evicted) == 300 and len(partition.evicted.keys) == 2
    state = partition.saved()
    assert state.engine.names == {"vehicles": ["N"], "drivers": ["A"]}
    assert {name: len(t) for name, t in state.screen.tables.items() if name in ("vehicles", "held")} == {
        "vehicles": 1,
        "held": 0,
    }
    assert state.engine.tables["repeats"]["key"].astype(bool).sum() == 1


def test_a_name_of_which_no_fix_was_good_is_forgotten() -> None:
    """Ever-new ones would fill the memory."""
    partition = new_partition()
    partition.change(CHANGE, TEMPLATE)
    for k in range(50):
        bad = drive(EXIT_WAY, every_s=30.0, vehicle=f"B{k}").take(slice(0, 1))
        bad = replace(bad, lon=np.zeros(1), lat=np.zeros(1))
        assert partition.step(messages_of(bad, partition.offset)).rejected
    assert partition.vehicles == 50
    assert partition.evict(HOUR_MS) == 0 and partition.vehicles == 0 and len(partition.evicted) == 0


def test_who_comes_back_is_read_from_the_topic(topic: Topic) -> None:
    """Once the part is written; before that from memory. What was said before is still known, over a restart too."""
    undisturbed = new_partition()
    undisturbed.change(CHANGE, TEMPLATE)
    partition, keeper = partition_on(topic), Keeper("states", 0)
    partition.change(CHANGE, TEMPLATE)
    names = [f"T{k}" for k in range(20)]
    for each in (undisturbed, partition):
        fleet(each, names, 0)
        fleet(each, ["N"], 100)
    assert partition.evict(72 * HOUR_MS) == 20
    assert partition.evicted.unwritten
    expected = [records(fleet(undisturbed, [name], 101)) for name in names]
    assert records(fleet(partition, names[:1], 101)) == expected[0] and not topic.asked
    snapshot(partition, keeper, topic)
    assert not partition.evicted.unwritten
    assert records(fleet(partition, names[1:2], 101)) == expected[1] and topic.asked

    kept = topic.kept()
    manifest = kept.manifest
    assert manifest is not None
    again = partition_on(topic)
    again.restore(kept.state(manifest), TEMPLATE, kept.evicted)
    assert again.vehicles == 2 and len(again.evicted) == 19
    again_of = [records(fleet(again, [name], 101)) for name in names[1:]]
    assert again_of == expected[1:]
    assert len(again.evicted) == 0
    keeper = Keeper("states", 0, kept.keys)
    assert again.evict(HOUR_MS // 2) == 1  # the one that was heard of last at hour 100
    snapshot(again, keeper, topic)
    assert set(topic.kept().evicted) == set(again.evicted.keys) != set(kept.evicted)


def test_there_is_room_for_all_that_come_after_an_eviction() -> None:
    """Many who ignore a warning in one step, when those who had were put away."""
    partition, undisturbed = new_partition(), new_partition()
    many = shuffled([drive(EXIT_WAY, every_s=30.0, kmh=95.0, vehicle=f"M{k}") for k in range(60)], 1)
    found = []
    for each in (partition, undisturbed):
        each.change(CHANGE, TEMPLATE)
        fleet(each, ["T0", "T1"], 0)
        fleet(each, ["N"], 100)
        if each is partition:
            assert each.evict(72 * HOUR_MS) == 2
            state = each.saved()
            each = new_partition()
            each.restore(replace(state, evicted_keys=[], evicted=Evicted().tables), TEMPLATE)
        found.append(records(each.step(messages_of(later(many, 101), each.offset))))
    assert found[0] == found[1] and len(found[0]) >= 60


def test_a_part_fits_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is to know of a few vehicles; one of whom there is too much stays."""
    partition = new_partition()
    partition.change(CHANGE, TEMPLATE)
    for hours in range(40):
        batch = later(drive(EXIT_WAY, every_s=30.0, kmh=95.0, vehicle="T0", driver=f"D{hours}"), hours / 8)
        partition.step(messages_of(batch, partition.offset))
    fleet(partition, [f"T{k}" for k in range(1, 9)], 0)
    fleet(partition, ["N"], 100)
    monkeypatch.setattr(eviction, "PART_BYTES", 1_200)
    assert partition.evict(72 * HOUR_MS) == 8
    assert partition.saved().engine.names["vehicles"] == ["T0", "N"]
    contents = [content for _, content in partition.evicted.unwritten]
    assert len(contents) > 1 and max(map(len, contents)) <= 1_200


def test_a_part_that_is_gone_is_told_of(topic: Topic) -> None:
    """A snapshot that names it is of no use; where it goes later, its vehicles begin anew."""
    partition, keeper = partition_on(topic), Keeper("states", 0)
    partition.change(CHANGE, TEMPLATE)
    fleet(partition, ["T0", "T1"], 0)
    fleet(partition, ["N"], 100)
    partition.evict(72 * HOUR_MS)
    snapshot(partition, keeper, topic)
    kept = topic.kept()
    manifest = kept.manifest
    assert manifest is not None
    with pytest.raises(BadSnapshotError, match="evicted/"):
        partition_on(topic).restore(kept.state(manifest), TEMPLATE, {})
    for k, message in enumerate(topic.written):
        if k in kept.evicted.values():
            topic.written[k] = replace(message, value=b"something else")
    with capture_logs() as told:
        assert fleet(partition, ["T0"], 101).alerts
    assert [(one["event"], one["vehicles"]) for one in told] == [("evicted_state_lost", 1)]
    assert partition.vehicles == 2
