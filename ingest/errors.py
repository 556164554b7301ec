# ruff: noqa: N818  # named by what is wrong, as a user would say it
"""What can go wrong with a whole source: one small tree. A single bad row is never an error but a ``Reject``."""

from __future__ import annotations


class IngestError(Exception):
    """A source, a setting or a register that cannot be used; the message names the place and what to do."""


class UnreadableFile(IngestError):
    """A file that is missing, a folder, empty, not permitted or packed in a way that is not known."""


class UnknownFormat(IngestError):
    """A file that looks like none of the formats; the message names those that were tried."""


class NothingUsable(IngestError):
    """A source that was read to its end, or whose head was read, without one usable position."""


class BadOption(IngestError):
    """A reading option that makes no sense, such as a time zone that does not exist."""


class BadRegister(IngestError):
    """A vehicle register with faults; the message lists them by line and key."""
