"""Why a login by OpenID Connect came to nothing: one table; the page has words for each, the journal the name."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What was wrong."""

    BEGIN_AGAIN = "begin_again"
    """The login was begun elsewhere, too long ago, or is done already."""
    REFUSED_THERE = "refused_there"
    """The provider, or whoever sat before it, said no."""
    PROVIDER_DOWN = "provider_down"
    """The provider does not answer, or too many wait for it."""
    PROVIDER_WRONG = "provider_wrong"
    """What it answers is not what was set up here."""
    TOKEN_WRONG = "token_wrong"  # noqa: S105  # a word
    """Its word cannot be believed: signature, times, or for whom it is."""
    NO_ROLE = "no_role"
    """None of the values of the role's claim is in the table."""
    NO_CARRIER = "no_carrier"
    """The carrier's claim is needed, and says none, or several."""
    NAME_WRONG = "name_wrong"
    """The name's claim holds nothing that an account can be called."""
    NAME_TAKEN = "name_taken"
    """There is another account of that name."""
    NOT_ADMITTED = "not_admitted"
    """There is no account for them, and none is made by itself."""
    DISABLED = "disabled"
    """An admin has disabled the account."""
    LAST_ADMIN = "last_admin"
    """The provider takes the role from the only admin that is left."""
    TOO_OFTEN = "too_often"
    """Too many tries from that address."""
    STORE_WAITS = "store_waits"
    """The store does not answer."""


_CODE: Final = re.compile(r"[a-z_]{1,40}")
"""An error of OAuth."""


def told_code(code: str) -> str:
    """Return the code of an error as a provider sends it, other words where it is none: it may say anything."""
    return code if _CODE.fullmatch(code) else "an error"


class OidcError(Exception):
    """No login; ``why`` is for the operator, and holds no token and no secret."""

    def __init__(self, fault: Fault, why: str = "") -> None:
        """With what it is to be told as."""
        super().__init__(f"{fault}: {why}" if why else str(fault))
        self.fault, self.why = fault, why
