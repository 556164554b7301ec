"""The configuration of the stream's programs: one TOML file, a struct a table, every key with its meaning and unit.

What is wrong stops at start and is named by its key. Secrets come from a file or the environment, are never part of the
configuration that is shown, and never logged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from forewarn.console.settings import Settings as Console
from forewarn.gateway.platforms.settings import Platform
from forewarn.gateway.settings import Gateway
from forewarn.toml_config import BadConfigError, read_toml, secret
from geofence.datum import TO_WGS84
from ingest.errors import BadOption
from ingest.files.options import ReadOptions

PASSWORD: Final = "FOREWARN_KAFKA_PASSWORD"  # noqa: S105  # the name of a variable
"""Environment variable that holds the password where no file does."""
SERVERS: Final = "KAFKA_BOOTSTRAP_SERVERS"
"""Environment variable that goes before ``kafka.bootstrap_servers``."""

Name = Annotated[str, Meta(min_length=1, max_length=249, pattern=r"^[A-Za-z0-9._-]+$")]
"""A topic's or group's name, as Kafka allows it."""


class Kafka(Struct, forbid_unknown_fields=True, frozen=True):
    """How the broker is reached."""

    bootstrap_servers: str = "127.0.0.1:9092"
    """Brokers, ``host:port`` with commas between."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    username: str | None = None
    password_file: str | None = None
    """File that holds the password alone; without it the environment variable FOREWARN_KAFKA_PASSWORD does."""
    ca_file: str | None = None
    """Certificates that the broker's is checked against; the system's where not given."""
    certificate_file: str | None = None
    key_file: str | None = None
    """The worker's own certificate and key, where the broker asks for one."""

    def __post_init__(self) -> None:
        """Refuse what cannot be used together."""
        sasl = self.security_protocol.startswith("SASL")
        if sasl and (self.sasl_mechanism is None or self.username is None):
            raise ValueError(f"security_protocol {self.security_protocol} needs sasl_mechanism and username")
        if not sasl and self.sasl_mechanism is not None:
            raise ValueError(f"sasl_mechanism is given, and security_protocol {self.security_protocol} has no SASL")


class Topics(Struct, forbid_unknown_fields=True, frozen=True):
    """What the topics are called."""

    positions: Name = "positions"
    alerts: Name = "alerts"
    passages: Name = "passages"
    outcomes: Name = "outcomes"
    rejects: Name = "rejects"
    vehicles: Name = "vehicles"
    segments: Name = "segments"
    engine_state: Name = "engine-state"

    def __post_init__(self) -> None:
        """Refuse one name for two topics."""
        names = [getattr(self, field) for field in self.__struct_fields__]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands for more than one topic")


class Positions(Struct, forbid_unknown_fields=True, frozen=True):
    """How messages are read where they do not tell by themselves."""

    fields: dict[str, str] = {}
    """Names that a fleet gives to fields, by the field: ``{ lon = "LNG", time = "GPS_TIME" }``."""
    tz: str = "UTC"
    """Zone of times that carry none, such as Asia/Shanghai."""
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    """Datum of all coordinates of the topic."""
    speed_unit: str | None = None
    """Unit of speeds whose name tells none: km/h (the default), m/s, mph or knots."""
    time_format: str | None = None
    """strptime pattern of times of an unusual form."""


class Source(Positions, forbid_unknown_fields=True, frozen=True):
    """What 'forewarn repartition' reads: positions that are keyed otherwise than by vehicle."""

    topic: Name = "source"
    group: Name = "forewarn-repartition"
    form: Literal["json", "arrow"] = "arrow"
    """Form in which the positions are put on the topic of positions."""


class Rules(Struct, forbid_unknown_fields=True, frozen=True):
    """What is judged by."""

    segments: str | None = None
    """Segment file that is published where the topic of segments holds none yet."""
    profile: str = "cn-hazmat"
    """Name of a profile, or path of a user's own."""
    vehicle_class: str | None = None
    """Class of vehicles that the register does not know; the profile's default where not given."""
    language: str | None = None
    """Language of their drivers; the profile's default where not given."""


class Worker(Struct, forbid_unknown_fields=True, frozen=True):
    """How the worker works."""

    group: Name = "forewarn"
    """Consumer group; workers of one group share the partitions."""
    slot: Name | None = None
    """Name that this worker, and no other, keeps over restarts: one that comes back has its partitions at once."""
    begin: Literal["earliest", "latest"] = "earliest"
    """Where a partition begins of which the group has not committed anything yet."""
    most_messages: Annotated[int, Meta(ge=1, le=1_000_000)] = 5_000
    """Messages that are taken at once."""
    snapshot_s: Annotated[float, Meta(gt=0, le=86_400)] = 60.0
    """Seconds from one snapshot of a partition's state to the next."""
    warm_up_h: Annotated[float, Meta(ge=0, le=168)] = 24.0
    """Hours of positions that are read again, silently, where there is no snapshot to go on from: the longest clock."""
    evict_after_h: Annotated[float, Meta(ge=1, le=100_000)] = 72.0
    """Hours of silence, by the times of fixes, after which a vehicle's state is put away until it comes back."""
    session_s: Annotated[float, Meta(ge=1, le=1_800)] = 15.0
    """Seconds after which a worker that is not heard of any more loses its partitions."""
    watchdog_s: Annotated[float, Meta(ge=60, le=86_400)] = 600.0
    """Seconds without any progress after which the worker ends itself, for its supervisor to start it again."""
    metrics: str | None = "127.0.0.1:9464"
    """Where /metrics, /healthz and /readyz are served, ``host:port``; an empty text for nowhere."""


class Config(Struct, forbid_unknown_fields=True, frozen=True):
    """Everything that worker and gateway are told."""

    kafka: Kafka = Kafka()
    topics: Topics = Topics()
    positions: Positions = Positions()
    source: Source = Source()
    rules: Rules = Rules()
    worker: Worker = Worker()
    gateway: Gateway = Gateway()
    console: Console = Console()
    platforms: list[Platform] = []


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration of a file, the defaults without one; raise BadConfigError."""
    config = Config() if path is None else read_toml(path, Config)
    servers = environment.get(SERVERS)
    if servers:
        config = msgspec.structs.replace(config, kafka=msgspec.structs.replace(config.kafka, bootstrap_servers=servers))
    return config


def reading(positions: Positions, table: str = "positions") -> ReadOptions:
    """Return how messages are read; raise BadConfigError for what makes no sense, naming the table."""
    try:
        return ReadOptions(
            mapping=positions.fields,
            tz=positions.tz,
            time_format=positions.time_format,
            speed_unit=positions.speed_unit,
            datum=positions.datum,
            to_wgs84=None if positions.datum == "wgs84" else TO_WGS84[positions.datum],
            shifted_to_wgs84=TO_WGS84["gcj02"],
        )
    except BadOption as error:
        raise BadConfigError(f"{table}: {error}") from error


def connection(kafka: Kafka, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return kafka-python's settings of the connection, the password among them; raise BadConfigError."""
    settings: dict[str, Any] = {
        "bootstrap_servers": kafka.bootstrap_servers.split(","),
        "security_protocol": kafka.security_protocol,
        "sasl_mechanism": kafka.sasl_mechanism,
        "ssl_cafile": kafka.ca_file,
        "ssl_certfile": kafka.certificate_file,
        "ssl_keyfile": kafka.key_file,
    }
    if kafka.sasl_mechanism is not None:
        settings["sasl_plain_username"] = kafka.username
        settings["sasl_plain_password"] = secret("kafka.password_file", kafka.password_file, PASSWORD, environment)
    return {key: value for key, value in settings.items() if value is not None}
