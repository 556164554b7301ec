"""What each role may do: one table. What is not in it is denied."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """Something that may be allowed."""

    SEE = "see"
    """Alarms, vehicles, segments and the journal."""
    ACT = "act"
    """Acknowledge, shelve, dispose, and speak to a cab."""
    EDIT = "edit"
    """Draw, change, retire and publish segments."""
    ADMINISTER = "administer"
    """Accounts, and vehicles out of service."""


ROLES: Final[dict[str, frozenset[Right]]] = {
    "viewer": frozenset({Right.SEE}),
    "dispatcher": frozenset({Right.SEE, Right.ACT}),
    "editor": frozenset({Right.SEE, Right.ACT, Right.EDIT}),
    "admin": frozenset(Right),
}
"""Role to rights."""

FOR_ALL: Final = frozenset({Right.EDIT, Right.ADMINISTER})
"""Rights that reach every carrier's vehicles: whoever sees one carrier alone does not have them, whatever the role."""


def rights_of(role: str, carrier: str | None) -> frozenset[Right]:
    """Return the rights of a role, for whoever sees one carrier or all (None); none for a role that is not known."""
    rights = ROLES.get(role, frozenset())
    return rights if carrier is None else rights - FOR_ALL
