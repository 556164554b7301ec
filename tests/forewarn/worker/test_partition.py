"""A partition is a fold over messages and changes: however they are cut, the same comes out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.engine import Engine
from alerts.record import encode
from forewarn.worker.intake import LONGEST_NAME
from forewarn.worker.partition import Change, Folded, Partition
from forewarn.worker.rules import Facts
from ingest.messages import Message
from ingest.messages.partitioner import partitions_of
from ingest.positions import PositionBatch
from tests.alerts.scene import drive, motorway_exit
from tests.alerts.test_engine import EXIT_WAY, drives, roads, shuffled
from tests.forewarn.worker.stage import CHANGE, messages_of, new_partition, template_over


@pytest.fixture(scope="module")
def templates() -> dict[str, Engine]:
    """Engines over two versions of the segments."""
    return {"first": template_over(roads()), "second": template_over(motorway_exit())}


def in_order(folded: Folded) -> tuple[list[bytes], list[str], int]:
    """Records and rejects, and how many positions were read."""
    records = [encode(record) for record in (*folded.alerts, *folded.passages)]
    return records, [f"{r.reason} {r.offset} {r.detail}" for r in folded.rejected], folded.fixes


def told(folded: Folded) -> tuple[list[bytes], list[str], int]:
    """The same in an order that no cutting changes."""
    records, rejects, fixes = in_order(folded)
    return sorted(records), sorted(rejects), fixes


def fold(
    messages: list[Message],
    change: Change,
    templates: dict[str, Engine],
    borders: list[int],
    between: Callable[[Partition], None] = lambda _: None,
) -> Folded:
    """What comes of messages that are cut at borders, among them that of a change; ``between`` is called at each."""
    partition, folded = new_partition(), Folded()
    folded.join(partition.change(CHANGE, templates["first"]))
    for a, b in pairwise(borders):
        if a == change.offset:
            folded.join(partition.change(change, templates["second"]))
        folded.join(partition.step(messages[a:b]))
        between(partition)
    assert partition.offset == len(messages)
    return folded


@hypothesis_settings(max_examples=60)
@given(drives(), st.integers(0, 99), st.lists(st.integers(1, 400), max_size=4), st.integers(0, 400))
def test_any_cutting_gives_the_same(
    templates: dict[str, Engine], made: list[PositionBatch], seed: int, cuts: list[int], swap: int
) -> None:
    """Also with a change of segments and register under way, and with messages that cannot be read among them."""
    messages = messages_of(shuffled(made, seed))
    messages[len(messages) // 2] = Message(b"{", b"T0", len(messages) // 2, 0)
    swap = min(swap, len(messages) - 1)
    change = Change(swap, "second", {"T0": Facts("cn-hazmat", "coach", "en", "wgs84")})

    borders = sorted({0, swap, len(messages), *(cut for cut in cuts if cut < len(messages))})
    whole = told(fold(messages, change, templates, sorted({0, swap, len(messages)})))
    assert told(fold(messages, change, templates, borders)) == whole


def test_a_vehicle_of_another_partition_is_not_judged(templates: dict[str, Engine]) -> None:
    """It would have two clocks and two voices."""
    number = int(partitions_of(["T1"], 5)[0])
    messages = messages_of(drive(EXIT_WAY, vehicle="T1"))
    for own in range(5):
        partition = new_partition(own, 5)
        partition.change(CHANGE, templates["first"])
        folded = partition.step(messages)
        assert bool(folded.alerts) == (own == number)
        reasons = {rejected.reason for rejected in folded.rejected}
        assert reasons == (set() if own == number else {"wrong_partition"})


def test_an_endless_name_is_no_name(templates: dict[str, Engine]) -> None:
    """It would stand in the key of every record."""
    partition = new_partition()
    partition.change(CHANGE, templates["first"])
    folded = partition.step(messages_of(drive(EXIT_WAY, vehicle="x" * (LONGEST_NAME + 1))))
    assert {rejected.reason for rejected in folded.rejected} == {"bad_name"} and folded.alerts == []
    folded = partition.step(messages_of(drive(EXIT_WAY, vehicle="x" * LONGEST_NAME), first=100))
    assert folded.rejected == [] and folded.alerts


@hypothesis_settings(max_examples=60)
@given(drives(), st.integers(0, 99), st.lists(st.integers(1, 400), min_size=1, max_size=6), st.integers(0, 400))
def test_evicted_vehicles_go_on_as_if_they_had_stayed(
    templates: dict[str, Engine], made: list[PositionBatch], seed: int, cuts: list[int], swap: int
) -> None:
    """Whoever is silent at a cut is put away there, and comes back with its next fix; also after a change."""
    messages = messages_of(shuffled(made, seed))
    swap = min(swap, len(messages) - 1)
    change = Change(swap, "second", {"T0": Facts("cn-hazmat", "coach", "en", "wgs84")})
    borders = sorted({0, swap, len(messages), *(cut for cut in cuts if cut < len(messages))})

    def evict(partition: Partition) -> None:
        known = partition.vehicles + len(partition.evicted)
        assert partition.evict(0) <= known
        assert partition.vehicles + len(partition.evicted) == known

    undisturbed = in_order(fold(messages, change, templates, borders))
    assert in_order(fold(messages, change, templates, borders, evict)) == undisturbed
