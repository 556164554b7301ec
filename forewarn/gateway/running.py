"""The gateway put together from its configuration, run until it is told to end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from kafka.errors import KafkaError

from forewarn.gateway.broker import FromBroker, ToBroker
from forewarn.gateway.downlink import Downlink
from forewarn.gateway.hub import Hub
from forewarn.gateway.listener import Listener
from forewarn.gateway.metrics import registry_of
from forewarn.gateway.near import Near
from forewarn.gateway.outbox import Outbox
from forewarn.gateway.places import Places, PlacesTopic
from forewarn.gateway.platforms.ports import Ports
from forewarn.gateway.register import RegisterOfPhones
from forewarn.gateway.saying import Saying
from forewarn.gateway.standalone import Standalone, standalone_of
from forewarn.gateway.store import Statement, Store, StoreError
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.uplink import Sink, Uplink
from forewarn.wall_clock import now_ms
from forewarn.worker.config import BadConfigError, Config
from forewarn.worker.process import StreamProcess, close_all
from forewarn.worker.rules import Rules
from forewarn.worker.serving import Server
from forewarn.worker.tail import Follower, LostError, Tail
from forewarn.worker.topics import partitions_of_topics
from ingest.errors import BadRegister
from ingest.vehicles import RegisteredVehicle, load_register

log: Final = structlog.get_logger()
TURN_S: Final = 0.05
"""How often it is looked which prompts are due."""
LOOK_S: Final = 0.5
"""How often it is looked whether the register has changed."""
THREADS: Final = ("store", "rules", "to-broker", "from-broker", "register")
"""Without one of these it cannot go on."""
ANSWER_S: Final = 1.0
"""So long is waited at the end for what was taken in to be kept, so that it is acknowledged."""


class FailedError(Exception):
    """A fault of the gateway itself, after which it cannot go on."""


class Gateway(StreamProcess):
    """One gateway process."""

    def __init__(self, config: Config, connection: dict[str, Any] | None) -> None:
        """Note what is to be run; without a ``connection`` to Kafka it judges by itself. Raises ProfileError."""
        super().__init__(connection or {})
        self._config = config
        self._alone = connection is None
        near = config.gateway.watches_places or config.gateway.circles_clear
        self._near_by = Rules(config.rules) if near else None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()
        self._lost: Exception | None = None
        self.hub: Hub | None = None
        self.listener: Listener | None = None
        self.server: Server | None = None
        """Where measures are served, once it listens."""

    def ask_to_end(self) -> None:
        """End in order."""
        super().ask_to_end()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._told.set)

    def _run(self, closing: list[Callable[[], Any]]) -> None:
        vehicles: list[RegisteredVehicle] = []
        register: RegisterOfPhones | None = None
        segments: PlacesTopic | None = None
        offsets: dict[int, int] = {}
        partitions = 1
        if self._config.positions.datum != "wgs84":
            told = "the gateway's positions are in WGS-84; the register says which terminals send another datum"
            raise BadConfigError(f"positions.datum: {told}")
        if self._alone:
            vehicles = self._registered()
        else:
            topics = self._config.topics
            watched = self._config.gateway.watches_places
            names = [topics.positions, topics.alerts, topics.outcomes, topics.vehicles]
            names += [topics.segments] if watched else []
            partitions = self.reached(lambda: partitions_of_topics(self.connection, names))[topics.positions]
            tail = self.reached(lambda: Tail(self.connection, topics.vehicles))
            register = RegisterOfPhones(tail, lambda known, _: vehicles.extend(known))
            closing.append(register.close)
            self.reached(register.read)
            if watched:
                segments = PlacesTopic(self.reached(lambda: Tail(self.connection, topics.segments)))
                closing.append(segments.close)
                self.reached(segments.read)
            offsets = self.reached(self._ends)
        try:
            asyncio.run(self._serve(vehicles, register, partitions, offsets, segments))
        except StoreError as error:
            raise BadConfigError(f"gateway.store: {error}") from error
        if self._lost is not None:
            raise self._lost

    def _ends(self) -> dict[int, int]:
        tail = Tail(self.connection, self._config.topics.alerts)
        try:
            return tail.ends()
        finally:
            tail.close()

    def _registered(self) -> list[RegisteredVehicle]:
        path = self._config.gateway.register
        if path is None:
            raise BadConfigError("gateway.register: a standalone gateway needs the file of the vehicles it serves")
        try:
            return list(load_register(path).vehicles.values())
        except BadRegister as error:
            raise BadConfigError(f"gateway.register: {error}") from error

    async def _serve(
        self,
        vehicles: Sequence[RegisteredVehicle],
        register: RegisterOfPhones | None,
        partitions: int,
        offsets: dict[int, int],
        segments: PlacesTopic | None,
    ) -> None:
        self._loop = loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._unhandled)
        call = loop.call_soon_threadsafe
        settings, topics = self._config.gateway, self._config.topics
        async with AsyncExitStack() as closing:
            closing.callback(setattr, threading, "excepthook", threading.excepthook)
            threading.excepthook = partial(self._thread_ended, threading.excepthook)

            def then(close: Callable[[], Any]) -> None:
                closing.push_async_callback(loop.run_in_executor, None, close_all, [close])

            store = Store(Path(settings.store), call, self._fail)
            then(store.close)
            terminals = Terminals(store, settings.name, [one.name for one in self._config.platforms])
            terminals.know(vehicles)
            broker = None
            sink: Sink
            if self._alone:
                sink = rules = standalone_of(self._config.rules, vehicles, store, self._take, call, self._fail)
                then(rules.close)
            else:
                sink = broker = ToBroker(self.connection, topics.positions, topics.outcomes, partitions, call)
                then(partial(broker.close, ANSWER_S))
            saying = Saying()
            uplink = Uplink(sink, settings.most_waiting, saying)
            outbox = Outbox(store, settings.name, broker.publish if broker is not None else None)
            downlink = Downlink(outbox, terminals, uplink, settings.answer_s, now_ms)
            self.hub = hub = Hub(terminals, uplink, downlink, saying, Near(settings, self._near_by))
            downlink.take_up()
            if isinstance(sink, Standalone):
                sink.start()
                if settings.watches_places:
                    hub.near.over(Places(sink.segments))
                    sink.renewed = lambda segments: hub.near.over(Places(segments))
            elif segments is not None and segments.current is not None:
                hub.near.over(segments.template(segments.current))
            self.listener = listener = Listener(hub, settings)
            await listener.open()
            closing.push_async_callback(listener.close)
            if self._config.platforms:
                ports = Ports(self._config.platforms, hub)
                closing.push_async_callback(ports.close)
                await ports.open()
            if settings.metrics:
                registry = registry_of(hub, listener, sink.rejected if isinstance(sink, Standalone) else None)
                self.server = Server(settings.metrics, registry, partial(self._state, store), "gateway.metrics")
                then(self.server.close)
            if register is not None:
                kept = dict(store.rows("SELECT part, next FROM offsets WHERE topic = ?", (topics.alerts,)))
                reader = FromBroker(
                    self.connection, topics.alerts, {**offsets, **kept}, self._take, call, self.waiting, self._lose
                )
                then(reader.close)
                register.know = partial(_knows, call, hub)
                followed: list[Follower] = [register]
                if segments is not None:
                    segments.take = lambda places: call(partial(hub.near.over, places))
                    followed.append(segments)
                threading.Thread(target=self._follow, args=(followed,), name="register", daemon=True).start()
            log.info("listening", port=listener.port, terminals=len(terminals), standalone=self._alone)
            if not self.ended.is_set():
                await self._serving(hub, listener, settings.flush_s)
            self.ended.set()
            await self._acknowledged(hub, listener)

    async def _serving(self, hub: Hub, listener: Listener, flush_s: float) -> None:
        """Work until it is told to end, or a part of it fails."""
        loop = asyncio.get_running_loop()
        parts = [loop.create_task(self._turn(hub)), loop.create_task(self._flush(hub, flush_s))]
        told = loop.create_task(self._told.wait())
        ticking = [*parts, *([listener.sweeping] if listener.sweeping is not None else [])]
        try:
            done, _ = await asyncio.wait({told, *ticking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {told}:
                self._fail(task.exception() or FailedError("a part of it has ended"))
        finally:
            for task in (*parts, told):
                task.cancel()

    @staticmethod
    async def _acknowledged(hub: Hub, listener: Listener) -> None:
        """Take nothing in any more, and wait a little for what was taken in to be kept."""
        listener.hush()
        hub.uplink.flush()
        until_s = listener.loop.time() + ANSWER_S
        while hub.uplink.waiting and listener.loop.time() < until_s:
            await asyncio.sleep(0.02)
        hub.saying.pass_on(ending=True)

    def _thread_ended(self, before: Callable[[Any], Any], told: threading.ExceptHookArgs) -> None:
        """End where a thread of the gateway has ended by an exception: by itself nobody would notice, only wait."""
        if told.thread is None or told.thread.name not in THREADS or self._loop is None or self.ended.is_set():
            before(told)
        else:
            self._loop.call_soon_threadsafe(self._fail, told.exc_value or FailedError(f"{told.thread.name} has ended"))

    def _fail(self, error: BaseException) -> None:
        """End, for a fault that cannot be worked on after."""
        if self._lost is None:
            log.error("failed", why=f"{type(error).__name__}: {error}", exc_info=error)
            self._lost = FailedError(f"{type(error).__name__}: {error}")
            self._lost.__cause__ = error
        self.ask_to_end()

    def _unhandled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take an exception that nobody else took: one of a connection is its own, any other ends the process."""
        error = context.get("exception")
        if self.hub is not None and any(context.get(name) is not None for name in ("transport", "protocol", "socket")):
            self.hub.counts["closed", "broken"] += 1
            self.hub.saying.warn("connection_failed", why=str(context.get("message")), error=repr(error))
        else:
            self._fail(error if isinstance(error, BaseException) else FailedError(str(context.get("message"))))

    def _take(self, alerts: Any, statements: Sequence[Statement], done: Callable[[], None] | None = None) -> None:
        assert self.hub is not None  # noqa: S101  # nothing is taken before it is there
        self.hub.downlink.take(alerts, statements, done)

    def _lose(self, error: LostError) -> None:
        self._lost = self._lost or error
        self.ask_to_end()

    @staticmethod
    async def _turn(hub: Hub) -> None:
        while True:
            hub.downlink.turn(now_ms())
            await asyncio.sleep(TURN_S)

    @staticmethod
    async def _flush(hub: Hub, flush_s: float) -> None:
        while True:
            await asyncio.sleep(flush_s)
            hub.uplink.flush()

    def _follow(self, followed: Iterable[Follower]) -> None:
        while not self.ended.wait(LOOK_S):
            try:
                for one in followed:
                    one.look()
            except KafkaError as error:
                log.warning("topics_not_reached", why=f"{type(error).__name__}: {error}")

    def _state(self, store: Store) -> tuple[bool, bool, dict[str, Any]]:
        shown = {
            "terminals": len(self.hub.sessions) if self.hub else 0,
            "connections": len(self.listener.connections) if self.listener else 0,
            "why": store.why or self.waiting.why,
        }
        return store.alive, store.alive and not store.why and not self.ended.is_set(), shown


def _knows(call: Any, hub: Hub, known: Sequence[RegisteredVehicle], gone: Sequence[str]) -> None:
    """Take in changes of the register, read on another thread."""
    call(hub.know, known, gone)
