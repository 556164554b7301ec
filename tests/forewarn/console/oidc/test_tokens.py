"""A token, a key or a description that is not the provider's, or not for this login, opens nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.forewarn.console.oidc.conftest import Knowing
from tests.forewarn.console.oidc.issuer import SECRET, Issuer, Visitor, signed, unsigned
from tests.forewarn.console.oidc.test_login import account
from tests.forewarn.console.oidc.test_refusals import refused

OTHER_KEY = RSAKey.generate_key(2048, auto_kid=True)


def by_another_key(claims: dict[str, Any], key: RSAKey) -> str:
    """A key that is not the provider's, under its id."""
    return signed(claims, OTHER_KEY, kid=key.thumbprint())


def by_an_unknown_key(claims: dict[str, Any], key: RSAKey) -> str:
    """A key that is not the provider's."""
    return signed(claims, OTHER_KEY)


def by_the_secret(claims: dict[str, Any], key: RSAKey) -> str:
    """By what the client knows as well."""
    return signed(claims, OctKey.import_key(SECRET), "HS256")


def by_the_public_key(claims: dict[str, Any], key: RSAKey) -> str:
    """By what all know, taken for a secret."""
    secret = OctKey.import_key(key.as_dict(private=False)["n"])  # type: ignore[arg-type]
    return signed(claims, secret, "HS256", kid=key.thumbprint())


def cut(claims: dict[str, Any], key: RSAKey) -> str:
    """A signature that is not whole."""
    return signed(claims, key)[:-8]


SIGNATURES = [unsigned, by_another_key, by_an_unknown_key, by_the_secret, by_the_public_key, cut]


@pytest.mark.parametrize("sign", SIGNATURES, ids=lambda one: one.__name__)
def test_a_token_that_the_provider_did_not_sign(
    running: Knowing, issuer: Issuer, sign: Callable[[dict[str, Any], RSAKey], str]
) -> None:
    """By nobody, by another key, by what is no secret of the provider's: all the same."""
    issuer.sign = sign
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "token_wrong")
    assert account(running) is None and issuer.paths().count("/jwks") <= 2


NOW = int(time.time())
WRONG: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another-client"},
    {"aud": ["forewarn-console", "another"]},
    {"aud": []},
    {"azp": "another-client"},
    {"iss": "http://localhost:1"},
    {"iss": None},
    {"exp": NOW - 600},
    {"exp": "never"},
    {"exp": None},
    {"iat": NOW + 86_400},
    {"nbf": NOW + 86_400},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 300},
    {"sub": "1\x00"},
    {"sub": "1\ud800"},
    {"at_hash": "AAAA"},
    {"at_hash": 5},
    {"amr": "pwd"},
]


@pytest.mark.parametrize("claims", WRONG, ids=lambda claims: next(iter(claims)))
def test_a_token_for_somebody_else_or_another_time(running: Knowing, issuer: Issuer, claims: dict[str, Any]) -> None:
    """Signed as it should be, and still not this login's."""
    issuer.changes_token(**claims)
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "token_wrong")
    assert account(running) is None


@pytest.mark.parametrize("told", [{}, {"id_token": None}, {"id_token": 5}, {"id_token": ""}, {"id_token": "a.b.c"}])
def test_an_answer_without_a_token(running: Knowing, issuer: Issuer, told: dict[str, Any]) -> None:
    """OAuth without OpenID Connect tells nobody who it is."""
    issuer.change["/oauth2/token"] = lambda was: {"access_token": "x", "token_type": "Bearer", **told}
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "token_wrong")


DESCRIPTIONS: list[dict[str, Any]] = [
    {"issuer": "https://evil.example"},
    {"issuer": None},
    {"token_endpoint": None},
    {"token_endpoint": "http://192.0.2.1/token"},
    {"jwks_uri": "http://evil.example/keys"},
    {"jwks_uri": "file:///etc/passwd"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": "//evil.example"},
    {"userinfo_endpoint": "http://evil.example"},
]


@pytest.mark.parametrize("told", DESCRIPTIONS, ids=str)
def test_a_description_that_is_not_this_providers(running: Knowing, issuer: Issuer, told: dict[str, Any]) -> None:
    """Nobody is sent anywhere, and no secret either."""
    issuer.change["/.well-known/openid-configuration"] = lambda was: was | told
    assert Visitor(running).begin() == "/#login=provider_wrong"


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": [{}]}, {"keys": 5}, {"keys": [{"kty": "PQC"}]}])
def test_keys_that_are_none(running: Knowing, issuer: Issuer, keys: dict[str, Any]) -> None:
    """No key, nobody to believe."""
    issuer.change["/jwks"] = lambda _: keys
    visitor = Visitor(running)
    refused(running, visitor, visitor.log_in(), "provider_wrong")
