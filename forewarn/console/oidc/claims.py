"""What is made of the claims of somebody: a name, and by the settings a role and a carrier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from forewarn.console.oidc.faults import Fault
from forewarn.console.oidc.settings import Oidc
from forewarn.console.people.roles import FOR_ALL, ROLES


class Vouched(msgspec.Struct, frozen=True):
    """Somebody for whom the issuer vouches."""

    issuer: str
    subject: str
    """Who it is there, for ever."""
    name: str
    """What they are called there now; empty where that is told by no claim."""
    language: str
    rights: dict[str, str | None] = {}
    """``role`` and ``carrier`` as the issuer's claims have them; what is missing is for an admin to set here."""
    fault: Fault | None = None
    """Why nobody of these claims may in."""


def vouched(claims: Mapping[str, Any], settings: Oidc) -> Vouched:
    """Return what the claims of an ID token make of its subject."""
    rights: dict[str, str | None] = {}
    fault = None
    if settings.role_claim is not None:
        order = list(ROLES)
        roles = [settings.roles[one] for one in texts(claims, settings.role_claim) if one in settings.roles]
        if roles:
            rights["role"] = role = max(roles, key=order.index)
            fault = _carrier(claims, settings, role, rights)
        else:
            fault = Fault.NO_ROLE
    name = next(iter(texts(claims, settings.name_claim)), "")
    language = "en" if str(claims.get("locale", "")).lower().startswith("en") else "zh"
    return Vouched(settings.issuer, claims["sub"], name, language, rights, fault)


def lacking(claims: Mapping[str, Any], settings: Oidc) -> bool:
    """Tell whether a claim that counts is missing: the provider may tell it when it is asked (UserInfo)."""
    wanted = (settings.name_claim, settings.role_claim, settings.carrier_claim)
    return any(_found(claims, one) is None for one in wanted if one is not None)


def texts(claims: Mapping[str, Any], claim: str) -> list[str]:
    """Return the texts of a claim, be they one or several."""
    found = _found(claims, claim)
    several: Iterable[Any] = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, str)]


def _carrier(claims: Mapping[str, Any], settings: Oidc, role: str, rights: dict[str, str | None]) -> Fault | None:
    if ROLES[role] & FOR_ALL:
        rights["carrier"] = None
    elif settings.carrier_claim is not None:
        told = {one.strip() for one in texts(claims, settings.carrier_claim)} - {""}
        if settings.all_carriers in told:
            rights["carrier"] = None
        elif len(told) == 1 and (carrier := told.pop()).isprintable():
            rights["carrier"] = carrier
        else:
            return Fault.NO_CARRIER
    return None


def _found(claims: Mapping[str, Any], claim: str) -> Any:
    if claim in claims:
        return claims[claim]
    found: Any = claims
    for part in claim.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found
