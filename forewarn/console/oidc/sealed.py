"""A login under way, as the browser carries it: sealed, so that it can be neither read, made up nor kept for later.

It stands in no memory, so that whichever console of those that share a store is sent the answer can go on.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

MOST_S: Final = 600
"""So long somebody may take at the provider."""
MOST_CHARACTERS: Final = 1_024
_ALGORITHMS: Final = ["dir", "A256GCM"]


class Begun(msgspec.Struct, frozen=True):
    """What the answer of the provider must fit."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE: shown to the provider with the code."""
    until_ms: int


def begin(at_ms: int) -> Begun:
    """Return a new one."""
    return Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), at_ms + MOST_S * 1000)


def key_of(secret: str) -> OctKey:
    """Return the key by which all consoles of one client seal."""
    return OctKey.import_key(hmac.digest(secret.encode(), b"forewarn oidc login", hashlib.sha256))


def seal(begun: Begun, key: OctKey) -> str:
    """Return the text for the cookie."""
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, msgspec.json.encode(begun), key, _ALGORITHMS)


def unseal(text: str, key: OctKey, at_ms: int) -> Begun | None:
    """Return what a cookie holds; None for one that is too old, or was not sealed here."""
    if not text or len(text) > MOST_CHARACTERS:
        return None
    try:
        begun = msgspec.json.decode(jwe.decrypt_compact(text, key, _ALGORITHMS).plaintext or b"", type=Begun)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        # what came is anybody's, and its header any JSON, of which the library takes the form for granted
        return None
    return begun if at_ms < begun.until_ms <= at_ms + MOST_S * 1000 else None
