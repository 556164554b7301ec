"""The console begun: its store opened, its segments and register read, its feed chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from forewarn.console.console import Console
from forewarn.console.feeds.gateway_store import GatewayStoreFeed
from forewarn.console.feeds.kafka import KafkaFeed
from forewarn.console.feeds.replayed import ReplayedClock, ReplayFeed
from forewarn.console.oidc.provider import Provider
from forewarn.console.oidc.settings import Oidc
from forewarn.console.people import accounts
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import Outlet, ToFile, ToNowhere, ToTopic
from forewarn.console.serving import Feed, Serving
from forewarn.console.speaking import ToBroker
from forewarn.console.store.database import StoreError, open_store
from forewarn.gateway.register import RegisterOfPhones
from forewarn.records import RecordsError
from forewarn.sample import sample_segments
from forewarn.toml_config import BadConfigError
from forewarn.wall_clock import now_ms
from forewarn.worker.catalogue import NoVersionError
from forewarn.worker.config import Config, connection, reading
from forewarn.worker.tail import Tail
from forewarn.worker.waiting import Waiting
from geofence.faults import SegmentFileError
from ingest.errors import IngestError
from ingest.vehicles import BadRegister, RegisteredVehicle, load_register

log: Final = structlog.get_logger()


class Started:
    """A console that can be served; a context manager, which closes its store."""

    def __init__(self, config: Config) -> None:
        """Open the store and read the files; raises BadConfigError."""
        self._config, settings = config, config.console
        self._store = open_store(settings.store)
        try:
            with self._store.begin() as c:
                self.password = accounts.first_admin(c, now_ms())
                """The first account's password, where it was made just now."""
            if settings.basemap is not None and not Path(settings.basemap).is_file():
                raise BadConfigError(f"console.basemap: {settings.basemap} is no file")
            self.console = Console(settings, self._store, self._segments())
            self.console.rules = config.rules
            self.console.oidc = _provider(settings.oidc)
            if settings.register is not None:
                self.console.register = load_register(settings.register).vehicles
        except StoreError as error:
            self._store.close()
            raise BadConfigError(f"console.store: {error}") from error
        except BadRegister as error:
            self._store.close()
            raise BadConfigError(f"console.register: {error}") from error
        except BaseException:
            self._store.close()
            raise

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        self.console.drafting.close()
        self._store.close()

    def stream(self) -> Feed:
        """Return the feed from Kafka; raises KafkaError, BadConfigError."""
        config = self._config
        client = connection(config.kafka)
        self._take_from_topic(ToTopic(client, config.topics.segments, config.topics.engine_state))
        self.console.mouth = ToBroker(client, config.topics.alerts)
        offsets = self.console.intake.begin(now_ms())
        options = reading(config.positions)
        register = RegisterOfPhones(Tail(client, config.topics.vehicles), self._know)
        register.read()
        name = config.console.name
        return KafkaFeed(client, config.topics, name, offsets, options, now_ms, Waiting(), register)

    def _know(self, vehicles: Sequence[RegisteredVehicle], gone: Sequence[str]) -> None:
        known = {name: one for name, one in self.console.register.items() if name not in gone}
        self.console.register = known | {one.vehicle: one for one in vehicles}

    def followed(self) -> Feed:
        """Return the feed from the store of a gateway that stands alone; raises BadConfigError."""
        path = self._path
        outlet: Outlet = ToNowhere("rules.segments names no file") if path is None else ToFile(path)
        self.console.judged_by(self.console.segments, outlet, self._name, now_ms())
        offsets = self.console.intake.begin(now_ms())
        path = Path(self._config.gateway.store)
        return GatewayStoreFeed(path, offsets, reading(self._config.positions), now_ms)

    def replayed(self, paths: Sequence[Path], pace: float, at_once_ms: int = 0) -> Feed:
        """Return the feed from files, of which a beginning comes at once; raises BadConfigError."""
        clock = ReplayedClock(pace)
        try:
            feed = ReplayFeed(paths, clock, reading(self._config.positions), at_once_ms)
        except (RecordsError, IngestError) as error:
            raise BadConfigError(f"--replay: {error}") from error
        self.console.now_ms = clock.now_ms
        outlet = ToNowhere("records are replayed: nobody is judged by these segments")
        self.console.judged_by(self.console.segments, outlet, self._name, clock.now_ms())
        self.console.intake.begin(clock.now_ms())
        return feed

    def serving(self, feed: Feed, ready: Callable[[str], None]) -> Serving:
        """Return what runs it all; ``ready`` is told the address."""
        return Serving(self.console, feed, ready)

    @property
    def _path(self) -> Path | None:
        path = self._config.console.segments or self._config.rules.segments
        return None if path is None else Path(path)

    @property
    def _name(self) -> str:
        return "the sample" if self._path is None else self._path.name

    def _segments(self) -> Segments:
        try:
            return Segments.of_file(self._path or sample_segments())
        except (OSError, SegmentFileError) as error:
            raise BadConfigError(f"console.segments: {error}") from error

    def _take_from_topic(self, outlet: ToTopic) -> None:
        """Go by what stands on the topic, by the file only while nothing does."""
        try:
            found = outlet.begin()
            segments = self.console.segments if found is None else Segments(found.content, found.name)
        except (NoVersionError, SegmentFileError) as error:
            log.error("segments_refused", why=str(error), in_force=self._name)
            found, segments = None, self.console.segments
        self.console.judged_by(segments, outlet, self._name if found is None else found.name, now_ms())


def _provider(settings: Oidc | None) -> Provider | None:
    if settings is None:
        return None
    return Provider(settings, settings.client_secret(), settings.trusted(), time.monotonic)
