"""One table ``[[platforms]]`` of the configuration: what was agreed on with another platform."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from forewarn.toml_config import BadConfigError, secret
from ingest.errors import BadOption
from ingest.jt809.cipher import Cipher
from ingest.jt809.settings import Settings

PASSWORD: Final = "FOREWARN_PLATFORM_PASSWORD_"  # noqa: S105  # the beginning of a variable's name
"""Environment variable, with the platform's name in capitals behind it, that holds a password where no file does."""
Word = Annotated[int, Meta(ge=0, le=0xFFFF_FFFF)]


class Platform(Struct, forbid_unknown_fields=True, frozen=True):
    """A platform that this one is linked to."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
    """Stands behind ``jt809/`` in a register's ``speaks_via``, and in outcomes."""
    side: Literal["upper", "lower"]
    """Which this one is: the upper platform is connected to by the lower one, which reports to it."""
    version: Literal[2011, 2013, 2019]
    address: str
    """``host:port``: where the upper platform listens, or the lower one connects to."""
    centre_id: Word
    """Access code that the upper platform gave to the lower one."""
    user: Word
    password_file: str | None = None
    """File that holds the password alone; without it an environment variable does."""
    down: str | None = None
    """Lower: ``host:port`` at which it awaits the other connection, by an IP address that the upper one can reach."""
    addresses: list[str] = []
    """Upper: networks from which the lower platform may log in; empty for all."""
    m1: Word | None = None
    ia1: Word | None = None
    ic1: Word | None = None
    """Figures of the encryption, where it was agreed on."""
    encrypt_key: Word | None = None
    """First key with which what is sent is encrypted; without one it is not."""
    text_sequence: bool = False
    """Whether a text of 2019 has a sequence number, as some platforms want it."""

    def agreed(self, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return what the link needs; raises BadConfigError, naming the key."""
        figures = (self.m1, self.ia1, self.ic1)
        if any(one is None for one in figures) and any(one is not None for one in figures):
            raise BadConfigError(f"platforms.{self.name}: m1, ia1 and ic1 go together")
        cipher = None if None in figures else Cipher(*(int(one or 0) for one in figures))
        down_address, down_port = split(self.down, f"platforms.{self.name}.down") if self.down else ("", 0)
        split(self.address, f"platforms.{self.name}.address")
        variable = PASSWORD + self.name.upper().replace("-", "_").replace(".", "_")
        try:
            return Settings(
                side=self.side,
                version=self.version,
                centre_id=self.centre_id,
                user=self.user,
                password=secret(f"platforms.{self.name}.password_file", self.password_file, variable, environment),
                cipher=cipher,
                encrypt_key=self.encrypt_key,
                down_address=down_address,
                down_port=down_port,
                addresses=tuple(self.addresses),
                text_sequence=self.text_sequence,
            )
        except BadOption as error:
            raise BadConfigError(f"platforms.{self.name}: {error}") from error


def split(address: str, key: str) -> tuple[str, int]:
    """Return host and port; raises BadConfigError, naming the key."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 0xFFFF:
        raise BadConfigError(f"{key}: '{address[:80]}' is not host:port")
    return host.strip("[]"), int(port)
