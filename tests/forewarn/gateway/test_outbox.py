"""Prompts as they are kept: wherever the process ends, each is said once at most and ends once."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forewarn.gateway.downlink import Downlink
from forewarn.gateway.hub import Hub
from forewarn.gateway.outbox import Outbox, Publish
from forewarn.gateway.session import Session
from forewarn.gateway.store import Store
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.uplink import Uplink
from forewarn.records import Outcome
from ingest.jt808.codec import decode, encode_body
from ingest.jt808.frame import Framer, Header, build, parse
from tests.forewarn.gateway.gate import Kept, an_alert, fleet, outcomes_of

PHONE = "13800000001"


class World:
    """Store, outbox and downlink, a step at a time, and a session without a socket."""

    def __init__(self, path: Path, publish: Publish | None = None) -> None:
        self.path = path
        self.calls: list[Any] = []
        self.now_ms = time.time_ns() // 1_000_000
        self.store = Store(path, self.calls.append)
        terminals = Terminals(self.store, "jt808")
        terminals.know(fleet(1))
        uplink = Uplink(Kept(), 1000)
        self.outbox = Outbox(self.store, "jt808", publish)
        self.downlink = Downlink(self.outbox, terminals, uplink, 15.0, lambda: self.now_ms)
        self.hub = Hub(terminals, uplink, self.downlink)
        self.sent: list[tuple[int, str]] = []
        self.session: Session | None = None
        self.downlink.take_up()

    def written(self) -> None:
        """Wait until all that was handed to the store is on disk; what it calls then is not called yet."""

        def mark() -> None:
            """Nothing."""

        self.store.write(done=mark)
        end = time.monotonic() + 10
        while not any(mark in call.args[0] for call in list(self.calls)):
            assert time.monotonic() < end
            time.sleep(0.001)
        for call in self.calls:
            call.args[0][:] = [one for one in call.args[0] if one is not mark]
        self.calls[:] = [call for call in self.calls if call.args[0]]

    def settle(self) -> None:
        """Call what the store calls, until nothing more is written."""
        self.written()
        while self.calls:
            self.calls.pop(0)()
            self.written()

    def connect(self) -> None:
        """Let the terminal be there."""
        session = self.session = Session(self.hub, "peer", self._heard, lambda why: None)
        session.feed(build(Header(0x0002, 2013, PHONE, 0), b""))
        self.hub.join(session)

    def hang_up(self) -> None:
        """Let it go."""
        assert self.session is not None
        self.hub.leave(self.session, "hung_up")
        self.session = None

    def _heard(self, data: bytes) -> None:
        for content in Framer().feed(data):
            frame = parse(content)
            if frame.header.id == 0x8300:
                self.sent.append((frame.header.serial, decode(frame).body["text"]))

    def answer(self) -> None:
        """Let the terminal answer what it heard last."""
        if self.session is not None and self.sent:
            told = {"reply_serial": self.sent[-1][0], "reply_id": "0x8300", "result": "ok"}
            self.session.feed(build(Header(0x0001, 2013, PHONE, 1), encode_body(0x0001, told, 2013)))

    def turn(self, seconds: float = 0.0) -> None:
        """Let time pass."""
        self.now_ms += round(seconds * 1000)
        self.downlink.turn(self.now_ms)

    def finish(self) -> None:
        """Call all that waits, and let a minute pass."""
        for _ in range(6):
            self.settle()
            self.turn(20.0)
        self.settle()
        self.store.close()


def script(world: World) -> list[Callable[[], None]]:
    """What happens in the life of some prompts, step by step."""

    def take(*alerts: tuple[str, int, str, str | None, float]) -> None:
        world.downlink.take(
            [
                an_alert(id, seq, state=state, text=text, due_s=due_s, lasts_s=30, at_ms=world.now_ms)
                for id, seq, state, text, due_s in alerts
            ],
            [],
        )

    return [
        world.connect,
        lambda: take(("a", 0, "raised", "一", 0), ("b", 0, "raised", "二", 5)),
        world.turn,
        world.answer,
        lambda: take(("b", 1, "updated", "三", 5)),
        lambda: world.turn(6),
        world.answer,
        lambda: take(("c", 0, "raised", "四", 0)),
        world.hang_up,
        lambda: world.turn(1),
        lambda: take(("d", 0, "raised", "五", 1), ("d", 1, "withdrawn", None, 0)),
        world.connect,
        lambda: world.turn(1),
        world.answer,
        lambda: world.turn(20),
    ]


def play(world: World, stop: int, copy: Callable[[str], None]) -> bool:
    """Take so many steps, an action or what the store tells of what it wrote each; tells whether there are more.

    What is on disk is copied as it is before the last step, and after it.
    """
    steps = 0

    def step(what: Callable[[], None]) -> None:
        nonlocal steps
        steps += 1
        if steps == stop:
            copy("early")
        what()
        world.written()

    for action in script(world):
        if steps == stop:
            return True
        step(action)
        while world.calls:
            if steps == stop:
                return True
            step(world.calls.pop(0))
    return False


@pytest.mark.parametrize("when", ["early", "late"])
def test_wherever_the_process_ends_nothing_is_said_twice(tmp_path: Path, when: str) -> None:
    """It is killed after each step in turn, what that step wrote on disk or not yet, and begins anew with what is."""
    for stop in range(1, 200):
        folder = tmp_path / str(stop)
        folder.mkdir()
        world = World(folder / "before.db")

        def copy(name: str, folder: Path = folder) -> None:
            for path in folder.glob("before.db*"):
                if path.suffix != ".lock":
                    shutil.copy(path, folder / path.name.replace("before", name))

        more = play(world, stop, copy)
        copy("late")
        if not more:
            break
        after = World(folder / f"{when}.db")
        after.connect()
        after.finish()
        texts = Counter(text for _, text in [*world.sent, *after.sent])
        assert not texts or max(texts.values()) == 1, (stop, world.sent, after.sent)
        kept = [f"{id}{seq}" for id, seq in sorted(outcomes_of(folder / f"{when}.db"))]
        assert kept == [x for x in ("a0", "b0", "b1", "c0", "d0") if x in kept]
        with sqlite3.connect(folder / f"{when}.db") as store:
            assert store.execute("SELECT count(*) FROM prompts").fetchone() == (0,)
        world.store.close()
    world.finish()
    came = outcomes_of(folder / "before.db")
    assert stop > 20 and len(came) == 5
    assert [came[key].outcome for key in sorted(came)] == ["spoken", "withdrawn", "spoken", "spoken", "withdrawn"]
    assert [text for _, text in world.sent] == ["一", "三", "四"]


def test_outcomes_are_published_once_they_are_kept_and_again_where_that_is_not_known(tmp_path: Path) -> None:
    """Whoever reads them drops the second of two by alert and seq."""
    published: list[tuple[str, bytes, Callable[[], None]]] = []
    world = World(tmp_path / "gateway.db", lambda *given: published.append(given))
    for id in ("a", "b"):
        world.downlink.take([an_alert(id, lasts_s=-1)], [])
    world.settle()
    world.turn()
    assert not published
    world.settle()
    assert [vehicle for vehicle, *_ in published] == ["T1", "T1"]
    assert {msgspec.json.decode(record, type=Outcome).outcome for _, record, _ in published} == {"expired"}
    published[0][2]()
    world.written()
    world.store.close()
    first = published[0][1]
    published.clear()
    again = World(tmp_path / "gateway.db", lambda *given: published.append(given))
    assert len(published) == 1 and published[0][1] != first
    again.store.close()


def test_published_outcomes_do_not_stay_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the newest do; those that are not published yet all do."""
    monkeypatch.setattr("forewarn.gateway.outbox.PUBLISHED_KEPT", 3)
    done: list[Callable[[], None]] = []
    world = World(tmp_path / "gateway.db", lambda vehicle, record, told: done.append(told))
    for k in range(10):
        world.downlink.take([an_alert(f"a{k}", lasts_s=-1)], [])
        world.settle()
        world.turn()
        world.settle()
        if k != 4:
            done.pop()()
    world.written()
    world.store.close()
    with sqlite3.connect(tmp_path / "gateway.db") as store:
        assert [n for (n,) in store.execute("SELECT number FROM outcomes ORDER BY number")] == [5, 8, 9, 10]


def test_where_nobody_else_reads_them_all_outcomes_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of a standalone gateway is the only place where they are."""
    monkeypatch.setattr("forewarn.gateway.outbox.PUBLISHED_KEPT", 3)
    world = World(tmp_path / "gateway.db")
    world.downlink.take([an_alert(f"a{k}", lasts_s=-1) for k in range(10)], [])
    world.finish()
    assert len(outcomes_of(tmp_path / "gateway.db")) == 10
