"""An endpoint of the JSON interface: a row that says who may, and a function that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from forewarn.console.people.person import Person

if TYPE_CHECKING:
    from forewarn.console.console import Console

PUBLIC: Final = "public"
"""The right that nobody needs to have: logging in, by password or elsewhere, and nothing else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in."""

    console: Console
    person: Person
    now_ms: int
    path: Mapping[str, str]
    """What stands in the place of the names of the path."""
    query: Mapping[str, str]
    body: Mapping[str, Any]
    address: str
    """From where; of whoever stands in front, where there is a proxy."""
    token: str | None
    """Of the session; None where the endpoint is public."""
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row: what is asked for how, and who may."""

    method: str
    path: str
    right: str
    """Of ``roles.RIGHTS``; without it the answer is 403."""
    answer: Callable[[Asked], Any]
    """Returns what becomes the answer's JSON; runs on a thread of its own, and may wait for the store."""
    says: str
    """What it is for, in the description of the interface."""
    body: Mapping[str, Any] | None = None
    """JSON schema of the request's body."""
    query: Mapping[str, Any] | None = None
    """JSON schema of each thing that may be asked behind the path's question mark."""
    tells: str | None = "application/json"
    """Type of the answer's content; None where it only says where to go on (303)."""
