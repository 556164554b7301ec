"""Whoever is logged in, as the rest of the console knows them."""

from __future__ import annotations

import msgspec

from forewarn.console.people.roles import Right, rights_of


class Person(msgspec.Struct, frozen=True):
    """Somebody, and what they may."""

    name: str
    role: str
    carrier: str | None
    """Whose vehicles alone they see; None: all."""
    language: str

    @property
    def rights(self) -> frozenset[Right]:
        """All that they may do."""
        return rights_of(self.role, self.carrier)

    def may(self, right: Right | str) -> bool:
        """Tell whether they may do that; False for a right that is not known."""
        return right in self.rights

    def sees(self, carrier: str | None) -> bool:
        """Tell whether they may see what is a carrier's, or nobody's (None), which only those see who see all."""
        return self.may(Right.SEE) and (self.carrier is None or carrier == self.carrier)
