"""The console's settings: the table ``[console]`` of the configuration."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from forewarn.console.oidc.settings import Oidc


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All with defaults."""

    name: Annotated[str, Meta(min_length=1, max_length=64)] = "console"
    """Of this console among those that share a store: whose place on the topics is kept."""
    host: str = "127.0.0.1"
    """Address that it listens at."""
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8640
    store: str = "sqlite:///console.db"
    """URL of the store: ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``."""
    segments: str | None = None
    """Segment file; else the sample, or what stands on the topic."""
    register: str | None = None
    """Register of vehicles, a CSV; else what stands on the topic."""
    basemap: str | None = None
    """A PMTiles file."""
    keep_days: Annotated[int, Meta(ge=1, le=3_650)] = 400
    """So long records are kept; the journal is kept for ever."""
    idle_s: Annotated[float, Meta(ge=60, le=86_400)] = 3_600.0
    """A session ends so long after its last request or open page, s."""
    most_s: Annotated[float, Meta(ge=300, le=604_800)] = 43_200.0
    """A session ends so long after its login, s: a shift of 12 h."""
    proxy: str | None = None
    """Address of the proxy in front of it, which is believed about where requests come from."""
    secure_cookies: bool = False
    """Whether cookies go over HTTPS alone: to be set where a proxy ends TLS in front of it."""
    oidc: Oidc | None = None
    """Login by OpenID Connect; without it there is none."""

    def __post_init__(self) -> None:
        """Refuse what cannot be used together."""
        if self.oidc is not None and self.oidc.origin.startswith("https:") and not self.secure_cookies:
            raise ValueError("secure_cookies: is needed where oidc.public_url is HTTPS")
