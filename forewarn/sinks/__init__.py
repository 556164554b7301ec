"""Where records go: each sink is one module with a class of two methods, ``add`` and ``close``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from alerts.engine import Records


class Sink(Protocol):
    """Takes records in their order; ``close`` leaves whatever was written valid."""

    def add(self, records: Records) -> None:
        """Take the records of one batch."""
        ...

    def close(self) -> None:
        """Write what is held back and let go of files and devices."""
        ...
