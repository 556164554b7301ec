"""An ID token: whether it is the issuer's, for this console, of this login, and of now."""

from __future__ import annotations

from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from forewarn.console.oidc.faults import Fault, OidcError

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""Signatures that only the issuer can make: neither ``none``, nor one by the secret that is known here too."""
LEEWAY_S: Final = 60
"""So far the provider's clock may be from this one's."""
MOST_SUBJECT: Final = 255
"""Characters (OpenID Connect Core, section 2)."""


class UnknownKeyError(Exception):
    """None of these keys has signed it: the issuer may have changed its keys."""


def verified(
    text: Any, keys: KeySet, *, issuer: str, client_id: str, nonce: str, access_token: Any, now_s: int
) -> dict[str, Any]:
    """Return the claims of a token that can be believed; raises OidcError, and UnknownKeyError."""
    if not isinstance(text, str):
        raise OidcError(Fault.TOKEN_WRONG, "there is no ID token")
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        token = jwt.decode(text, keys, registry=registry)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKeyError(type(error).__name__) from error
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise OidcError(Fault.TOKEN_WRONG, f"ID token: {type(error).__name__}") from error
    options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    params = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options, params)
    try:
        claims.validate(now=now_s, leeway=LEEWAY_S)
    except JoseError as error:
        raise OidcError(Fault.TOKEN_WRONG, f"ID token: {error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise OidcError(Fault.TOKEN_WRONG, f"ID token: {type(error).__name__}") from error
    if not 0 < len(claims["sub"]) <= MOST_SUBJECT or not claims["sub"].isprintable():
        raise OidcError(Fault.TOKEN_WRONG, "ID token: no subject")
    return dict(claims)
