"""The table ``[gateway]`` of the configuration."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class Gateway(Struct, forbid_unknown_fields=True, frozen=True):
    """How terminals are served."""

    listen: str = "0.0.0.0:6808"
    """Where terminals connect, ``host:port``."""
    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")] = "jt808"
    """Stands in outcomes, and after ``jt808/`` in a register's ``speaks_via`` where there are several gateways."""
    store: str = "forewarn-gateway.db"
    """SQLite file: authentication codes (hashed), prompts and what became of them; locked by ``.lock`` beside it."""
    register: str | None = None
    """Vehicle register (CSV) of a standalone gateway; with Kafka the topic of vehicles is read."""
    certificate_file: str | None = None
    """Certificate of the gateway, with which terminals speak TLS; plain TCP without one."""
    key_file: str | None = None
    """Its key."""
    most_connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000
    """Connections at once."""
    most_per_address: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_000
    """Connections at once from one address: a mobile network's gateway stands for many terminals."""
    login_s: Seconds = 30.0
    """So long may a connection go without authentication."""
    silent_s: Seconds = 300.0
    """So long may a terminal be silent before its connection is closed."""
    answer_s: Seconds = 15.0
    """So long is a terminal's answer to a text waited for."""
    flush_s: Annotated[float, Meta(ge=0.01, le=10)] = 0.2
    """Positions are gathered for so long before they go on; then they are acknowledged."""
    most_waiting: Annotated[int, Meta(ge=1_000, le=100_000_000)] = 500_000
    """Positions that may wait for the broker; further ones are not acknowledged, so that terminals keep them."""
    tracking_s: Annotated[int, Meta(ge=0, le=3_600)] = 0
    """Interval of positions that is asked for near a segment (0x8202), s; 0: never."""
    tracking_near_m: Annotated[float, Meta(gt=0, le=50_000)] = 3_000.0
    """What near means, m from a segment's entry."""
    circles: Annotated[int, Meta(ge=0, le=200)] = 0
    """Segments nearest to a vehicle that its terminal is to know as areas (0x8600), for where there is no network."""
    circles_clear: bool = False
    """Whether each terminal that connects is told to forget its circles (0x8601): for once after ``circles`` was on."""
    metrics: str | None = "127.0.0.1:9465"
    """Where /metrics, /healthz and /readyz are served, ``host:port``; an empty text for nowhere."""

    @property
    def watches_places(self) -> bool:
        """Tell whether the gateway needs to know where segments are."""
        return bool(self.tracking_s or self.circles)

    def __post_init__(self) -> None:
        """Refuse what cannot be used together."""
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        if self.circles and self.circles_clear:
            raise ValueError("circles_clear is for after circles were on, and circles are")
