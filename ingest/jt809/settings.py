"""What two platforms have agreed on, and how patient this one is."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final, Literal

from ingest.errors import BadOption
from ingest.jt808.fields import gbk
from ingest.jt809.cipher import Cipher
from ingest.jt809.fields import PASSWORD_BYTES
from ingest.jt809.frame import LONGEST_FRAME, VERSIONS

Side = Literal["upper", "lower"]
SIDES: Final = ("upper", "lower")
_WORD: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Settings:
    """One link between an upper platform, to which others connect, and a lower one, which connects to it."""

    side: Side
    """Which of the two this platform is."""
    version: int
    """Of the standard: 2011, 2013 (2011 with its supplement) or 2019."""
    centre_id: int
    """Access code that the upper platform gave to the lower one."""
    user: int
    """User name of the lower platform: a number."""
    password: str = field(repr=False)
    """Of the lower platform, 8 bytes of GBK at most."""
    cipher: Cipher | None = field(default=None, repr=False)
    """With the M1, IA1 and IC1 agreed on; without it encrypted messages are rejected."""
    encrypt_key: int | None = None
    """First key with which what is sent is encrypted; None: it is not."""
    down_address: str = ""
    """Lower side: IP address at which it awaits the down link. Upper side: used instead of what the login tells."""
    down_port: int = 0
    """Port of the same; 0 on the lower side: no down link is wanted."""
    addresses: tuple[str, ...] = ()
    """Upper side: networks from which the lower platform may log in, such as ``10.1.0.0/16``; empty: from anywhere."""
    protocol: tuple[int, int, int] = (1, 0, 0)
    """Version bytes of the frames that are sent; nothing depends on them."""
    text_sequence: bool = False
    """Whether a text of 2019 has the sequence number that the standard dropped; some platforms still want it."""
    keep_alive_s: float = 60.0
    """Interval of keep-alives (8.1.1.3 of the standard: a minute)."""
    broken_s: float = 180.0
    """A link on which nothing comes for so long is broken (the same: three minutes)."""
    login_s: float = 30.0
    """So long may a connection go without a login, and its answer be waited for."""
    retry_first_s: float = 1.0
    """Wait before the first attempt to connect again; doubled with each that fails."""
    retry_most_s: float = 60.0
    """Longest such wait."""
    answer_s: float = 60.0
    """So long is the answer to a text waited for."""
    most_unanswered: int = 10_000
    """Texts that may wait for their answers."""
    most_bad_frames: int = 20
    """Frames that may be bad within ``bad_within_s``; one more ends the connection."""
    bad_within_s: float = 60.0
    longest_frame: int = LONGEST_FRAME
    """Bytes of a frame, and of junk between two good frames, before the connection is ended."""

    def __post_init__(self) -> None:
        """Raise BadOption where a setting cannot be used; it names the key."""
        if self.side not in SIDES:
            raise BadOption(f"side '{self.side}' is not one of {', '.join(SIDES)}")
        if self.version not in VERSIONS:
            raise BadOption(f"version {self.version} is not one of {', '.join(map(str, VERSIONS))}")
        for name in ("centre_id", "user", "encrypt_key"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= _WORD:
                raise BadOption(f"{name} must be from 0 to {_WORD}, not {value}")
        if not 0 < len(gbk(self.password)) <= PASSWORD_BYTES:
            raise BadOption(f"password must have from 1 to {PASSWORD_BYTES} bytes")
        if self.encrypt_key is not None and self.cipher is None:
            raise BadOption("encrypt_key needs a cipher")
        if not 0 <= self.down_port <= 0xFFFF:
            raise BadOption(f"down_port must be from 0 to 65535, not {self.down_port}")
        if bool(self.down_port) != bool(self.down_address):
            raise BadOption("down_address and down_port go together")
        if self.down_address and not is_address(self.down_address):
            raise BadOption(f"down_address '{self.down_address[:40]}' is no IP address")
        for network in self.addresses:
            try:
                ip_network(network)
            except ValueError as error:
                raise BadOption(f"addresses: '{network[:40]}' is no network: {error}") from error
        if len(self.protocol) != 3 or not all(0 <= one <= 0xFF for one in self.protocol):
            raise BadOption("protocol must be three numbers from 0 to 255")
        for name in ("keep_alive_s", "broken_s", "login_s", "retry_first_s", "answer_s", "bad_within_s"):
            if not getattr(self, name) > 0:
                raise BadOption(f"{name} must be over 0, not {getattr(self, name)}")
        if self.broken_s <= self.keep_alive_s:
            raise BadOption(f"broken_s must be over keep_alive_s ({self.keep_alive_s}), not {self.broken_s}")
        if self.retry_most_s < self.retry_first_s:
            raise BadOption(f"retry_most_s must not be under retry_first_s ({self.retry_first_s})")
        for name in ("most_unanswered", "most_bad_frames", "longest_frame"):
            if getattr(self, name) < 1:
                raise BadOption(f"{name} must be at least 1, not {getattr(self, name)}")

    @property
    def password_bytes(self) -> bytes:
        """The password as it stands in a message."""
        return gbk(self.password).ljust(PASSWORD_BYTES, b"\0")


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def milliseconds(seconds: float) -> int:
    """Return seconds of a setting as milliseconds."""
    return round(seconds * 1000)
