"""What a link asks its caller to do, and what it tells: in one list, in order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Channel(StrEnum):
    """One of the two connections of a link."""

    MAIN = "main"
    """Made by the lower platform."""
    DOWN = "down"
    """Made by the upper platform."""


class Send(NamedTuple):
    """Bytes are to be sent."""

    channel: Channel
    data: bytes


class Dial(NamedTuple):
    """A connection is to be made; ``Link.connected`` or ``Link.lost`` is to follow."""

    channel: Channel
    address: str
    """IP address; empty for the main link, whose place the caller knows."""
    port: int


class Close(NamedTuple):
    """A connection is to be closed once what was to be sent before is sent; nothing of it is to be told any more."""

    channel: Channel
    reason: str


class Joined(NamedTuple):
    """A login was accepted: messages may go over this connection."""

    channel: Channel


class Refused(NamedTuple):
    """A login was refused, by this side or the other."""

    channel: Channel
    reason: str


class Lost(NamedTuple):
    """A connection is no more."""

    channel: Channel
    reason: str


class Notice(NamedTuple):
    """The other side tells something about the link."""

    name: str
    """Name of the message, such as ``upper_closing``."""
    reason: str | int


class Told(NamedTuple):
    """A message other than a position came."""

    name: str
    """Its name, such as ``driver``."""
    number: int
    """Its id, or sub-id."""
    serial: int
    body: Mapping[str, Any]
    """Its fields, as ``codec.decode_body`` returns them."""


class Answered(NamedTuple):
    """What became of a text."""

    key: Hashable
    """What ``Link.prompt`` was given."""
    result: str
    """``ok``, ``failure`` (or the number of another result), ``not_answered``."""


Output = Send | Dial | Close | Joined | Refused | Lost | Notice | Told | Answered
