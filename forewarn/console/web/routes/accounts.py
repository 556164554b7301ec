"""Who has an account: for admins."""

from __future__ import annotations

from typing import Any, Final

from forewarn.console.actions import BadRequestError
from forewarn.console.people import accounts, passwords
from forewarn.console.people.roles import ROLES
from forewarn.console.store import accounts as kept
from forewarn.console.store import journal
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.wall_clock import now_ms

NEW: Final = {
    "type": "object",
    "required": ["name", "role"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 64},
        "role": {"enum": sorted(ROLES)},
        "carrier": {"type": ["string", "null"]},
        "language": {"type": "string"},
        "subject": {"type": "string", "minLength": 1, "maxLength": 255},
    },
}
CHANGED: Final = {
    "type": "object",
    "properties": {
        "role": {"enum": sorted(ROLES)},
        "carrier": {"type": ["string", "null"]},
        "language": {"type": "string"},
        "disabled": {"type": "boolean"},
    },
}


def listed(asked: Asked) -> dict[str, Any]:
    """Return all accounts, without a word of their passwords."""
    with asked.console.store.read() as c:
        return {"accounts": kept.listed(c)}


def make(asked: Asked) -> dict[str, Any]:
    """Make an account; its password is made too, told in this answer, and kept nowhere.

    One with a ``subject`` has none: the provider vouches for whoever it calls so.
    """
    given = _given(asked, NEW)
    name, role = given.pop("name", ""), given.pop("role", "")
    password = None
    if "subject" not in given:
        password = passwords.made()
        given["password_hash"] = passwords.hashed(password, name)
    elif asked.console.oidc is None or not given["subject"]:
        raise BadRequestError("subject: there is no provider (console.oidc) that calls anybody so")
    else:
        given["issuer"] = asked.console.oidc.settings.issuer
    with asked.console.store.begin() as c:
        made = accounts.make(c, name, role, at_ms=now_ms(), **{"carrier": None, **given})
        _note(c, asked, "account_made", {"account": made.name, "role": made.role, "carrier": made.carrier})
    return {"account": made, "password": password}


def change(asked: Asked) -> dict[str, Any]:
    """Change an account; all its sessions and pages end where its rights change."""
    given, name = _given(asked, CHANGED), asked.path["name"]
    with asked.console.store.begin() as c:
        changed = accounts.change(c, name, at_ms=now_ms(), **given)
        _note(c, asked, "account_changed", {"account": changed.name, **given})
    asked.console.close_tabs(lambda tab: tab.person.name == changed.name)
    return {"account": changed}


def reset(asked: Asked) -> dict[str, Any]:
    """Give an account another password, told in this answer alone; all its sessions end."""
    password = passwords.made()
    with asked.console.store.read() as c:
        account = accounts.find(c, asked.path["name"])
    if account is None:
        raise BadRequestError("name: there is no account of that name")
    hashed = passwords.hashed(password, account.name)
    with asked.console.store.begin() as c:
        accounts.set_password(c, account.name, hashed, now_ms())
        _note(c, asked, "password_reset", {"account": account.name})
    asked.console.close_tabs(lambda tab: tab.person.name == account.name)
    return {"password": password}


def _given(asked: Asked, schema: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent; raises BadRequestError for what the schema does not know, or of another type."""
    types = {"string": str, "boolean": bool, "null": type(None)}
    found: dict[str, Any] = {}
    for name, value in asked.body.items():
        told = schema["properties"].get(name)
        if told is None:
            raise BadRequestError(f"{name}: is not known; there are {', '.join(schema['properties'])}")
        kinds = told.get("type", "string")
        if not isinstance(value, tuple(types[one] for one in ([kinds] if isinstance(kinds, str) else kinds))):
            raise BadRequestError(f"{name}: is of another type")
        found[name] = value
    for name in schema.get("required", ()):
        if name not in found:
            raise BadRequestError(f"{name}: is needed")
    return found


def _note(c: Any, asked: Asked, what: str, facts: dict[str, Any]) -> None:
    journal.append(c, at_ms=now_ms(), who=asked.person.name, what=what, facts=facts)


ENDPOINTS = (
    Endpoint("GET", "/api/accounts", "administer", listed, "All accounts."),
    Endpoint("POST", "/api/accounts", "administer", make, "Make an account; the answer has its password.", NEW),
    Endpoint("POST", "/api/accounts/{name}", "administer", change, "Change an account.", CHANGED),
    Endpoint("POST", "/api/accounts/{name}/password", "administer", reset, "Give it another password."),
)
