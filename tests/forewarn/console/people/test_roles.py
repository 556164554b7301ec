"""Roles and persons: what is not allowed is denied."""

from __future__ import annotations

import pytest

from forewarn.console.people.person import Person
from forewarn.console.people.roles import ROLES, Right


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("viewer", {"see"}),
        ("dispatcher", {"see", "act"}),
        ("editor", {"see", "act", "edit"}),
        ("admin", {"see", "act", "edit", "administer"}),
        ("nobody", set()),
        ("", set()),
        ("Admin", set()),
    ],
)
def test_a_role_may_what_the_table_says_and_nothing_else(role: str, allowed: set[str]) -> None:
    """Each right of each role, by name; an unknown role has none, and an unknown right nobody has."""
    person = Person("lin", role, None, "zh")
    assert {right for right in Right if person.may(right)} == allowed == person.rights
    assert all(person.may(str(right)) == (right in allowed) for right in ("see", "act", "edit", "administer"))
    assert not any(person.may(right) for right in ("", "everything", "SEE"))


@pytest.mark.parametrize("role", ROLES)
def test_whoever_sees_one_carrier_reaches_no_other(role: str) -> None:
    """Segments and accounts are everybody's: who is bound to a carrier has no right to them, whatever the role."""
    person = Person("lin", role, "north", "zh")
    assert person.may("see")
    assert not person.may("edit") and not person.may("administer")


@pytest.mark.parametrize(
    ("carrier", "seen"),
    [(None, {None, "north", "south", ""}), ("north", {"north"})],
)
def test_a_person_sees_their_carrier_alone(carrier: str | None, seen: set[str | None]) -> None:
    """Without a carrier all, else that one alone: not another's, and not what is nobody's."""
    person = Person("lin", "dispatcher", carrier, "zh")
    assert {one for one in (None, "north", "south", "", "nort", "North") if person.sees(one)} >= seen
    assert carrier is None or {one for one in (None, "", "south", "nort", "North") if person.sees(one)} == set()


def test_a_role_that_is_not_known_sees_nothing() -> None:
    """Without the right to see, no carrier is seen."""
    assert not Person("lin", "nobody", None, "zh").sees("north")
