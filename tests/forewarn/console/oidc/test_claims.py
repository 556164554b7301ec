"""What is made of claims."""

from __future__ import annotations

from typing import Any

import pytest

from forewarn.console.oidc.claims import lacking, texts, vouched
from forewarn.console.oidc.faults import Fault
from forewarn.console.oidc.settings import Oidc

ISSUER = "https://id.example"
ROLES = {"drive": "viewer", "dispatch": "dispatcher", "edit": "editor", "it": "admin"}


def settings(**more: Any) -> Oidc:
    """A table."""
    given: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": "forewarn",
        "public_url": "https://console.example",
        "role_claim": "groups",
        "roles": ROLES,
    }
    return Oidc(**(given | more))


CARRIERS = settings(carrier_claim="org.carrier", all_carriers="all of them")


@pytest.mark.parametrize(
    ("claims", "rights", "fault"),
    [
        ({"groups": "dispatch", "org": {"carrier": "north"}}, {"role": "dispatcher", "carrier": "north"}, None),
        ({"groups": ["drive"], "org": {"carrier": [" north "]}}, {"role": "viewer", "carrier": "north"}, None),
        ({"groups": ["drive"], "org": {"carrier": ["n", "n"]}}, {"role": "viewer", "carrier": "n"}, None),
        ({"groups": ["drive"], "org.carrier": "north"}, {"role": "viewer", "carrier": "north"}, None),
        (
            {"groups": ["drive"], "org": {"carrier": ["n", "all of them"]}},
            {"role": "viewer", "carrier": None},
            None,
        ),
        ({"groups": ["drive", "edit"], "org": {"carrier": "north"}}, {"role": "editor", "carrier": None}, None),
        ({"groups": ["it"]}, {"role": "admin", "carrier": None}, None),
        ({"groups": ["drive"], "org": {"carrier": ["n", "s"]}}, {"role": "viewer"}, Fault.NO_CARRIER),
        ({"groups": ["drive"], "org": "carrier"}, {"role": "viewer"}, Fault.NO_CARRIER),
        ({"groups": ["drive"]}, {"role": "viewer"}, Fault.NO_CARRIER),
        ({"groups": ["drive"], "org": {"carrier": "n\ud800"}}, {"role": "viewer"}, Fault.NO_CARRIER),
        ({"groups": ["other"], "org": {"carrier": "n"}}, {}, Fault.NO_ROLE),
        ({}, {}, Fault.NO_ROLE),
    ],
)
def test_role_and_carrier(claims: dict[str, Any], rights: dict[str, Any], fault: Fault | None) -> None:
    """By the table; none is never all."""
    found = vouched({"sub": "1", **claims}, CARRIERS)
    assert (found.rights, found.fault) == (rights, fault)


def test_without_a_claim_of_carriers_an_admin_sets_it() -> None:
    """It is not told, so what an account has stays; but whoever edits sees all."""
    assert vouched({"sub": "1", "groups": ["drive"]}, settings()).rights == {"role": "viewer"}
    assert vouched({"sub": "1", "groups": ["edit"]}, settings()).rights == {"role": "editor", "carrier": None}


def test_without_a_claim_of_roles_nothing_is_told_of_rights() -> None:
    """Whatever claims there are."""
    found = vouched({"sub": "1", "groups": ["it"]}, settings(role_claim=None, roles={}))
    assert (found.rights, found.fault) == ({}, None)


@pytest.mark.parametrize(
    ("claims", "name", "language"),
    [
        ({"preferred_username": "Wang.Wei", "locale": "en-GB"}, "Wang.Wei", "en"),
        ({"preferred_username": "王伟", "locale": "zh-CN"}, "王伟", "zh"),
        ({"name": "Wang"}, "", "zh"),
        ({"preferred_username": 5, "locale": 5}, "", "zh"),
    ],
)
def test_name_and_language(claims: dict[str, Any], name: str, language: str) -> None:
    """Of the claims that are set and usual for it; an empty name is none."""
    found = vouched({"sub": "1", **claims}, settings())
    assert (found.name, found.language, found.issuer, found.subject) == (name, language, ISSUER, "1")


def test_a_claim_is_found_by_its_whole_name_first() -> None:
    """Some are called by an address with dots in it."""
    claims = {"https://fleet.example/roles": ["it"], "realm_access": {"roles": ["drive", 5, None]}}
    assert texts(claims, "https://fleet.example/roles") == ["it"]
    assert texts(claims, "realm_access.roles") == ["drive"]
    assert texts(claims, "realm_access.none") == texts(claims, "realm_access.roles.x") == []


def test_what_is_lacking() -> None:
    """Only of claims that count."""
    whole = {"preferred_username": "w", "groups": [], "org": {"carrier": "n"}}
    assert not lacking(whole, CARRIERS)
    for name in whole:
        assert lacking({key: value for key, value in whole.items() if key != name}, CARRIERS)
    assert not lacking({"preferred_username": "w"}, settings(role_claim=None, roles={}))
