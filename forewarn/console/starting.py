"""The console begun: its store opened, its segments and register read, its feed chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from forewarn.console.console import Console, now_ms
from forewarn.console.feeds.gateway_store import GatewayStoreFeed
from forewarn.console.feeds.kafka import KafkaFeed
from forewarn.console.feeds.replayed import ReplayedClock, ReplayFeed
from forewarn.console.people import accounts
from forewarn.console.segments import Segments
from forewarn.console.serving import Feed, Serving
from forewarn.console.speaking import ToBroker
from forewarn.console.store.database import StoreError, open_store
from forewarn.gateway.register import RegisterOfPhones
from forewarn.records import RecordsError
from forewarn.sample import sample_segments
from forewarn.toml_config import BadConfigError
from forewarn.worker.config import Config, connection, reading
from forewarn.worker.tail import Tail
from forewarn.worker.waiting import Waiting
from ingest.vehicles import BadRegister, RegisteredVehicle, load_register


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
        self._store.close()

    def stream(self) -> Feed:
        """Return the feed from Kafka; raises KafkaError, BadConfigError."""
        config = self._config
        client = connection(config.kafka)
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
        offsets = self.console.intake.begin(now_ms())
        path = Path(self._config.gateway.store)
        return GatewayStoreFeed(path, offsets, reading(self._config.positions), now_ms)

    def replayed(self, paths: tuple[Path, ...], pace: float) -> Feed:
        """Return the feed from files; raises BadConfigError."""
        clock = ReplayedClock(pace)
        try:
            feed = ReplayFeed(paths, clock)
        except RecordsError as error:
            raise BadConfigError(f"--replay: {error}") from error
        self.console.now_ms = clock.now_ms
        self.console.intake.begin(clock.now_ms())
        return feed

    def serving(self, feed: Feed, ready: Callable[[str], None]) -> Serving:
        """Return what runs it all; ``ready`` is told the address."""
        return Serving(self.console, feed, ready)

    def _segments(self) -> Segments:
        path = self._config.console.segments or self._config.rules.segments
        try:
            return Segments.of_file(Path(path) if path is not None else sample_segments())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadConfigError(f"console.segments: {path}: {error}") from error
