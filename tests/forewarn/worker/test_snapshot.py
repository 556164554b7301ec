"""A snapshot holds the whole state of a partition: another one goes on from it as if it were the same."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from alerts.record import encode
from forewarn.worker.packing import PART_BYTES, BadSnapshotError, schema
from forewarn.worker.partition import Change, Folded, Partition
from forewarn.worker.rules import Facts
from forewarn.worker.snapshot import Manifest, parts_of, state_of
from tests.alerts.scene import drive, motorway_exit
from tests.alerts.test_engine import EXIT_WAY
from tests.forewarn.worker.stage import CHANGE, messages_of, new_partition, template_over


def packed(partition: Partition) -> tuple[Manifest, list[bytes]]:
    """The snapshot of a partition."""
    state = partition.saved()
    parts = list(parts_of(state))
    manifest = Manifest(
        offset=state.offset,
        segments=state.segments,
        profile="",
        schema=schema(state.engine, state.screen),
        parts=tuple(part for part, _ in parts),
        counts=state.screen.counts,
        vehicles=partition.vehicles,
    )
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest) == manifest
    return manifest, [content for _, content in parts]


def texts(folded: list[Folded]) -> list[bytes]:
    """The records of steps."""
    return [encode(record) for f in folded for record in (*f.alerts, *f.passages)]


def test_a_partition_goes_on_from_a_snapshot(tmp_path: Path) -> None:
    """At whatever message it is cut, with fixes held back by the screen, drivers and a register."""
    template = template_over(motorway_exit())
    batch = drive(EXIT_WAY, every_s=10.0, kmh=80.0, vehicle="T1", driver="A")
    messages = messages_of(batch)
    jump = json.loads(messages[5].value or b"")
    jump["lon"] += 0.5  # one that is held back until the next fixes tell
    messages[5] = (
        msgspec.structs.replace(messages[5])
        if False
        else messages[5].__class__(
            json.dumps(jump).encode(), messages[5].key, messages[5].offset, messages[5].received_ms
        )
    )
    change = msgspec.structs.replace(CHANGE, vehicles={"T1": Facts("cn-hazmat", "coach", "en", "wgs84")})
    whole = new_partition()
    whole.change(change, template)
    undisturbed = [whole.step(messages)]
    for cut in range(1, len(messages)):
        partition = new_partition()
        partition.change(change, template)
        folded = []
        for a, b in pairwise([0, cut, len(messages)]):
            folded.append(partition.step(messages[a:b]))
            manifest, parts = packed(partition)
            partition = new_partition()
            partition.restore(state_of(manifest, parts), template)
        assert texts(folded) == texts(undisturbed)
        assert partition.offset == len(messages) and partition.register == whole.register
    assert texts(undisturbed)


def test_parts_fit_in_messages() -> None:
    """However many vehicles there are."""
    partition = new_partition()
    partition.change(CHANGE, template_over(motorway_exit()))
    messages = []
    for k in range(3000):
        messages += messages_of(drive([(-2000, 0), (-1900, 0)], every_s=30.0, vehicle=f"T{k}"), first=len(messages))
    partition.step(messages)
    manifest, parts = packed(partition)
    assert manifest.vehicles == 3000
    assert len(parts) > 20 and max(map(len, parts)) < PART_BYTES + 50_000


def test_what_is_damaged_or_of_another_version_is_told() -> None:
    """And nothing is made of it."""
    template = template_over(motorway_exit())
    partition = new_partition()
    partition.change(CHANGE, template)
    partition.step(messages_of(drive(EXIT_WAY)))
    manifest, parts = packed(partition)
    for bad, pieces in (
        (msgspec.structs.replace(manifest, schema="another"), parts),
        (manifest, parts[:-1]),
        (manifest, [b"no Arrow", *parts[1:]]),
        (manifest, parts[::-1]),
    ):
        with pytest.raises(BadSnapshotError):
            state_of(bad, pieces)


def test_a_change_is_kept_as_json() -> None:
    """As it stands on the topic."""
    change = Change(7, "v", {"T1": Facts("p", "c", "zh", "wgs84"), "T2": None})
    assert msgspec.json.decode(msgspec.json.encode(change), type=Change) == change
