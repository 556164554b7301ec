"""The seam to a gateway: what is told to it, and what may come from it. A terminal without one has ``NoUplink``."""

from __future__ import annotations

from typing import Protocol

import msgspec

from forewarn.records import Outcome
from ingest.positions import PositionBatch


class Text(msgspec.Struct, frozen=True):
    """A text from outside that is to be spoken."""

    id: str
    """Its own name, under which its outcome is told; a newer text of the same name replaces a waiting one."""
    text: str
    language: str
    priority: int
    """1 is highest, and cuts short what is less pressing; as ``alerts.record.Prompt``."""
    expires_at_ms: int
    """Never begun later, UTC epoch milliseconds."""
    about: str | None = None
    """What it is about, as ``about_of`` makes it: the same is not said twice, by the terminal and from outside."""


class Uplink(Protocol):
    """Takes what the terminal does; it must neither wait nor raise."""

    def position(self, batch: PositionBatch) -> None:
        """Take a fix that was judged: a batch of one."""

    def said(self, outcome: Outcome) -> None:
        """Take what became of a prompt of the terminal's own, or of a text from outside (``by`` tells which)."""


class NoUplink:
    """Nobody to tell."""

    def position(self, batch: PositionBatch) -> None:
        """Do nothing."""

    def said(self, outcome: Outcome) -> None:
        """Do nothing."""


def about_of(kind: str, segment: str | None) -> str:
    """Return what a sentence is about: the kind of an alert, and the id of its segment."""
    return f"{kind}\x1f{segment or ''}"
