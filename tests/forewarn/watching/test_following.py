"""A topic is followed on a thread, and whether the broker answers is always known."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from forewarn.wall_clock import now_ms
from forewarn.watching import following
from forewarn.watching.following import GATHER_S, Gathered, follow
from tests.forewarn.watching.scene import Told, arrived
from tests.forewarn.worker.stream import until


class Followed:
    """What was handed on."""

    def __init__(self) -> None:
        """Begin to follow."""
        self.source, self.ended = Told(), threading.Event()
        self.handed: list[Gathered] = []
        self.thread = threading.Thread(target=follow, args=(self.source, self.handed.append, self.ended))
        self.thread.start()


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    """A source that is followed, and looked at often."""
    monkeypatch.setattr(following, "LOOK_S", 0.1)
    monkeypatch.setattr(following, "AGAIN_S", 0.05)
    one = Followed()
    yield one
    one.ended.set()
    one.thread.join(5)
    assert not one.thread.is_alive() and one.source.closed.is_set()


def test_what_comes_within_a_moment_is_handed_on_together(followed: Followed) -> None:
    """In its order."""
    until(lambda: bool(followed.handed), 5)
    for k in range(20):
        followed.source.tell(arrived(f"a{k}"))
    until(lambda: sum(len(one.records) for one in followed.handed) == 20, 5)
    batches = [one.records for one in followed.handed if one.records]
    assert len(batches) <= 2
    assert [one.alert.id for batch in batches for one in batch] == [f"a{k}" for k in range(20)]


def test_it_is_told_how_much_is_left_to_read(followed: Followed) -> None:
    """As the broker says."""
    followed.source.left = 17
    until(lambda: bool(followed.handed) and followed.handed[-1].link.behind == 17, 5)


def test_a_broker_that_does_not_answer_is_told_with_since_when(followed: Followed) -> None:
    """Until it answers again; records go on being read."""
    until(lambda: bool(followed.handed), 5)
    followed.source.away = True
    until(lambda: followed.handed[-1].link.why == "KafkaTimeoutError", 5)
    lost_ms = followed.handed[-1].link.answered_ms
    assert now_ms() - 5_000 < lost_ms <= now_ms()
    count = len(followed.handed)
    until(lambda: len(followed.handed) > count + 1, 5 * GATHER_S + 5)
    assert followed.handed[-1].link.answered_ms == lost_ms
    followed.source.away = False
    followed.source.tell(arrived("after"))
    until(lambda: not followed.handed[-1].link.why and followed.handed[-1].link.answered_ms > lost_ms, 5)
    until(lambda: any(one.records for one in followed.handed), 5)
