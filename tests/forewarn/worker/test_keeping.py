"""What the topic of states holds of a partition: its changes, and the newest snapshot once its manifest is there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from forewarn.worker import keeping
from forewarn.worker.keeping import MANIFEST, Keeper, Kept
from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.partition import Change, Partition
from forewarn.worker.rules import Facts
from forewarn.worker.transaction import Message
from tests.alerts.scene import drive, motorway_exit
from tests.alerts.test_engine import EXIT_WAY
from tests.forewarn.worker.stage import CHANGE, messages_of, new_partition, template_over


@dataclass
class Record:
    """A record of the topic, as a reader of it gets it."""

    key: bytes | None
    value: bytes | None
    offset: int


def kept(messages: list[Message]) -> Kept:
    """What a reader makes of messages."""
    return Kept(Record(message.key, message.value, offset) for offset, message in enumerate(messages))


def driven(count: int) -> Partition:
    """A partition with so many vehicles."""
    partition = new_partition()
    partition.change(CHANGE, template_over(motorway_exit()))
    for k in range(count):
        batch = drive(EXIT_WAY, every_s=30.0, vehicle=f"T{k}")
        partition.step(messages_of(batch, first=partition.offset))
    return partition


def test_a_snapshot_counts_once_its_manifest_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parts go out some at a time; until then there is none."""
    monkeypatch.setattr(keeping, "AT_ONCE_BYTES", 200)
    template, partition = template_over(motorway_exit()), driven(20)
    keeper = Keeper("states", 3)
    keeper.begin(partition.saved(), "profile", partition.evicted)
    sent: list[Message] = []
    rounds = 0
    while keeper.busy:
        assert kept(sent).manifest is None
        sent += keeper.more()
        rounds += 1
    assert rounds > 3 and {message.partition for message in sent} == {3} and keeper.more() == []
    manifest = kept(sent).manifest
    assert manifest is not None and manifest.offset == partition.offset and manifest.vehicles == 20
    other = new_partition()
    other.restore(kept(sent).state(manifest), template)
    assert other.vehicles == 20 and other.offset == partition.offset


def test_a_newer_snapshot_strikes_out_what_is_needless() -> None:
    """Older parts, leftovers of one that was never finished, and changes before it; later changes stay."""
    partition = driven(1)
    keeper = Keeper("states", 0, [b"part/3/0", b"part/3/1", b"strange", b"change/0/0", MANIFEST])
    sent = keeper.changed(Change(1, "v"))
    keeper.begin(partition.saved(), "profile", partition.evicted)
    later = keeper.changed(Change(partition.offset, "w"))
    sent += [*later, *keeper.more()]
    struck = {message.key for message in sent if message.value is None}
    assert struck == {b"part/3/0", b"part/3/1", b"strange", b"change/0/0", b"change/1/0"}
    assert [change.segments for change in kept(sent).changes()] == ["w"]
    keeper.begin(partition.saved(), "profile", partition.evicted)
    assert not any(m.value is None and m.key.startswith(b"part/") for m in keeper.more() if m.key)


def test_a_large_change_goes_out_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is put together again."""
    monkeypatch.setattr(keeping, "MOST_VEHICLES", 3)
    facts = Facts("cn-hazmat", "coach", "en", "wgs84")
    change = Change(7, "v", {f"T{k}": None if k % 2 else facts for k in range(10)})
    sent = Keeper("states", 0).changed(change)
    assert len(sent) == 4
    assert kept(sent).changes() == [change]


@pytest.mark.parametrize("key", [MANIFEST, b"change/7/0", b"change/x/0"])
def test_what_cannot_be_read_is_told(key: bytes) -> None:
    """Instead of going on from half of it."""
    found = kept([Message("states", key, b"{", 0)])
    with pytest.raises(BadSnapshotError):
        print(found.changes(), found.manifest)  # noqa: T201  # either of them is asked for
