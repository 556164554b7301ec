"""The terminal's configuration: one TOML file, a struct a table, every key with its meaning and unit.

What is wrong stops at start and is named by its key. ``docs/terminal.md`` lists all keys.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from alerts.prompts import LANGUAGES
from alerts.voice.player import PLAYERS
from forewarn.toml_config import BadConfigError, read_toml
from ingest.errors import BadOption
from ingest.gnss import RECEIVERS
from ingest.gnss.streams import host_port

STATE: Final = "STATE_DIRECTORY"
"""Environment variable by which systemd names the folder of ``StateDirectory=``."""
WORN_OUT: Final = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk says that is full, read-only or broken."""
LOCAL: Final = ("127.0.0.1", "localhost", "::1")
"""Hosts at which the display may be served: it tells where the vehicle is."""

Word = Annotated[str, Meta(min_length=1, max_length=64)]


class Vehicle(Struct, forbid_unknown_fields=True, frozen=True):
    """Whose terminal it is, and what holds for it."""

    name: Word = "terminal"
    """The vehicle in all records."""
    driver: Word | None = None
    """The driver, where it is always the same one: clocks of driving time are kept per driver."""
    profile: str = "cn-hazmat"
    """Name of a profile, or path of a user's own."""
    vehicle_class: Word | None = None
    """Class of the vehicle; the profile's default where not given."""
    language: str | None = None
    """Language of the driver; the profile's default where not given."""

    def __post_init__(self) -> None:
        """Refuse a language that nobody speaks here."""
        if self.language is not None and self.language not in LANGUAGES:
            raise ValueError(f"language '{self.language}' is not one of {', '.join(LANGUAGES)}")


class Receiver(Struct, forbid_unknown_fields=True, frozen=True):
    """Where fixes come from."""

    kind: str = "gpsd"
    """``gpsd``, ``serial`` or ``file``."""
    address: str = "127.0.0.1:2947"
    """gpsd's host:port, the serial port's device, or the path of a file or named pipe."""
    baud: Annotated[int, Meta(ge=1_200, le=4_000_000)] = 9_600
    """Rate of a serial port, bits a second."""
    pace: Annotated[float, Meta(ge=0, le=10_000)] = 1.0
    """A file (no pipe) is driven at so many times real time; 0 as fast as it goes."""
    lost_after_s: Annotated[float, Meta(ge=5, le=3_600)] = 60.0
    """Seconds without a usable fix after which the driver is told, once, that warnings are paused."""

    def __post_init__(self) -> None:
        """Refuse a kind that there is not, and an address that cannot be one of it."""
        if self.kind not in RECEIVERS:
            raise ValueError(f"kind '{self.kind}' is not one of {', '.join(RECEIVERS)}")
        if self.kind == "gpsd":
            try:
                host_port(self.address)
            except BadOption as error:
                raise ValueError(str(error)) from error


class Segments(Struct, forbid_unknown_fields=True, frozen=True):
    """The roads that are warned of."""

    file: str | None = None
    """Segment file to begin with. One that is put in its place later goes before whatever was pulled until then."""
    url: str | None = None
    """Where newer ones are pulled from, http or https; nowhere where not given."""
    every_s: Annotated[float, Meta(ge=1, le=604_800)] = 3_600.0
    """Seconds from one look at ``url`` to the next."""
    timeout_s: Annotated[float, Meta(gt=0, le=3_600)] = 120.0
    """Longest time that a pull may take in all, s."""
    most_mb: Annotated[float, Meta(gt=0, le=1_000)] = 64.0
    """Largest file that is taken, MB, unpacked."""
    token_file: str | None = None
    """File that holds a bearer token alone, for servers that ask for one."""
    ca_file: str | None = None
    """Certificates that the server's is checked against; the system's where not given."""

    def __post_init__(self) -> None:
        """Refuse an address that cannot be asked."""
        if self.url is not None:
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"url '{self.url}' is no address of http or https")
            if self.token_file is not None and parts.scheme != "https":
                raise ValueError("token_file is given, and url is not https: the token would be for all to read")


class Voice(Struct, forbid_unknown_fields=True, frozen=True):
    """How it speaks."""

    player: str = "auto"
    """Name of a player, ``auto`` for the first that works, ``none`` for silence: every prompt then counts as failed."""

    def __post_init__(self) -> None:
        """Refuse a player that there is not."""
        if self.player not in ("auto", "none", *PLAYERS):
            raise ValueError(f"player '{self.player}' is not one of auto, none, {', '.join(PLAYERS)}")


class State(Struct, forbid_unknown_fields=True, frozen=True):
    """What outlives a loss of power."""

    folder: str | None = None
    """Folder of the state; where not given the one that systemd names, else ``~/.local/state/forewarn-terminal``."""
    every_s: Annotated[float, Meta(ge=1, le=600)] = 10.0
    """Seconds from one writing of the state to the next; it is also written before each prompt."""
    keep_records: Annotated[int, Meta(ge=0, le=10_000_000)] = 20_000
    """Alerts, passages and outcomes that are kept, the newest."""


class Display(Struct, forbid_unknown_fields=True, frozen=True):
    """The page for a panel."""

    address: str = "127.0.0.1:8642"
    """Where it is served, ``host:port`` of this machine itself; an empty text for nowhere."""
    night: Literal["sun", "always", "never"] = "sun"
    """When it is dark: by the sun at the vehicle, always, or never."""

    def __post_init__(self) -> None:
        """Refuse an address that others could reach."""
        if self.address:
            host, _, port = self.address.rpartition(":")
            if host.strip("[]") not in LOCAL or not port.isdecimal() or int(port) > 65_535:
                raise ValueError(f"address '{self.address}' is no port of this machine, such as 127.0.0.1:8642")


class Gateway(Struct, forbid_unknown_fields=True, frozen=True):
    """The gateway that it reports to as a terminal of JT/T 808."""

    address: str | None = None
    """The gateway's host:port; none where not given."""
    phone: str | None = None
    """Number under which the gateway's register knows the vehicle: up to 12 digits, 20 with version 2019."""
    version: Literal[2011, 2013, 2019] = 2019
    """Of the standard."""
    plate: Word | None = None
    plate_colour: Literal["none", "blue", "yellow", "black", "white", "green", "other", "yellow_green"] = "yellow"
    """Colour of the plate, as JT/T 808 names them."""
    terminal_id: Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[A-Za-z0-9]+$")] = "FW00001"
    """This terminal's own id; up to 7 characters before version 2019."""
    every_s: Annotated[float, Meta(ge=1, le=3_600)] = 10.0
    """Seconds from one report to the next."""
    tls: bool = False
    """Whether the connection is TLS."""
    ca_file: str | None = None
    """Certificates that the gateway's is checked against; the system's where not given."""

    def __post_init__(self) -> None:
        """Refuse what no gateway could be told."""
        if self.address is None:
            return
        host, _, port = self.address.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65_535:
            raise ValueError(f"address '{self.address}' is not host:port")
        most = 20 if self.version >= 2019 else 12
        if self.phone is None or not self.phone.isdecimal() or len(self.phone) > most:
            raise ValueError(f"phone must be given, up to {most} digits")
        if self.version < 2019 and len(self.terminal_id) > 7:
            raise ValueError("terminal_id has up to 7 characters before version 2019")


class Config(Struct, forbid_unknown_fields=True, frozen=True):
    """Everything that a terminal is told."""

    vehicle: Vehicle = Vehicle()
    receiver: Receiver = Receiver()
    segments: Segments = Segments()
    voice: Voice = Voice()
    state: State = State()
    display: Display = Display()
    gateway: Gateway = Gateway()


def load(path: Path | None) -> Config:
    """Return the configuration of a file, the defaults without one; raise BadConfigError."""
    return Config() if path is None else read_toml(path, Config)


def state_folder(config: Config, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the state, made where it is not there; raise BadConfigError for one that is not ours.

    A disk that is full or has become read-only is no fault of the configuration: the terminal goes on without.
    """
    named = config.state.folder or environment.get(STATE, "").split(":")[0]
    folder = Path(named) if named else Path.home() / ".local" / "state" / "forewarn-terminal"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        if error.errno not in WORN_OUT:
            raise BadConfigError(f"state.folder: {folder} cannot be written to: {error.strerror or error}") from error
    return folder


def token(segments: Segments) -> str | None:
    """Return the bearer token, None where none is given; raise BadConfigError where it cannot be read."""
    if segments.token_file is None:
        return None
    try:
        text = Path(segments.token_file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfigError(f"segments.token_file: {segments.token_file} cannot be read: {error}") from error
    if not text or any(character.isspace() for character in text):
        raise BadConfigError(f"segments.token_file: {segments.token_file} holds no token alone")
    return text
