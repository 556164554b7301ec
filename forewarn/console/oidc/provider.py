"""The provider: where people are sent, and what becomes of the code that they come back with.

Its description and its keys are fetched when they are needed first and kept for an hour; keys are fetched anew, once,
where they do not fit. Whoever asks waits on a thread for seconds at most, and few at a time, so that a provider that
hangs holds up nothing else.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.client import OAuth2Client as Grant
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from forewarn.cleaning import clean
from forewarn.console.oidc import claims as claimed
from forewarn.console.oidc import id_token
from forewarn.console.oidc.faults import Fault, OidcError, told_code
from forewarn.console.oidc.sealed import Begun, key_of
from forewarn.console.oidc.settings import CALLBACK, Oidc, is_safe

KEPT_S: Final = 3_600.0
RETRY_S: Final = 5.0
"""So long a description that could not be had is not asked for again."""
TIMEOUT: Final = httpx2.Timeout(5.0, connect=3.0)
MOST_AT_ONCE: Final = 8
"""Threads that wait for the provider; the console has 40."""


class Described(NamedTuple):
    """What the provider says of itself."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    auth_method: str
    names_itself: bool
    """Whether it says who it is when it sends somebody back (RFC 9207)."""


class Provider:
    """One provider; its methods may be called from several threads."""

    def __init__(
        self, settings: Oidc, secret: str, trusted: ssl.SSLContext | None, wall_s: Callable[[], float]
    ) -> None:
        """Known by its certificates (None: the system's), by a clock that never goes back, s."""
        self.settings, self.key = settings, key_of(secret)
        self._secret, self._wall_s = secret, wall_s
        self._tls = trusted or httpx2.create_ssl_context()
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._described: tuple[float, Described] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._failed: tuple[float, OidcError] | None = None

    def address(self, begun: Begun) -> str:
        """Return where to send somebody who wants to log in; raises OidcError."""
        described = self._description()
        told = {"prompt": self.settings.prompt} if self.settings.prompt is not None else {}
        grant = Grant(None, client_id=self.settings.client_id, code_challenge_method="S256")
        where, _ = grant.create_authorization_url(
            described.authorization,
            state=begun.state,
            nonce=begun.nonce,
            code_verifier=begun.verifier,
            redirect_uri=self.settings.origin + CALLBACK,
            scope=self.settings.scopes,
            **told,
        )
        return str(where)

    def claims(self, code: str, begun: Begun, now_s: int, says: str | None) -> dict[str, Any]:
        """Return the claims of whoever came back with that code; ``says``: as whom the provider sent them back.

        Raises OidcError.
        """
        described = self._description()
        if says != self.settings.issuer and (says is not None or described.names_itself):
            raise OidcError(Fault.BEGIN_AGAIN, "another issuer sent them back")
        with self._asking(described.auth_method) as http:
            granted = self._granted(http, described, code, begun.verifier)
            claims = self._verified(http, described, granted, begun.nonce, now_s)
            if described.userinfo is not None and claimed.lacking(claims, self.settings):
                claims = _more(http, described.userinfo, granted, claims)
            return claims

    def _granted(self, http: OAuth2Client, described: Described, code: str, verifier: str) -> dict[str, Any]:
        try:
            granted: dict[str, Any] = http.fetch_token(
                described.token,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=self.settings.origin + CALLBACK,
            )
        except (ValueError, TypeError) as error:
            raise OidcError(Fault.PROVIDER_WRONG, f"its answer to the code: {type(error).__name__}") from error
        return granted

    def _verified(
        self, http: OAuth2Client, described: Described, granted: dict[str, Any], nonce: str, now_s: int
    ) -> dict[str, Any]:
        kept = self._keys
        fresh = kept is None or self._wall_s() >= kept[0] + KEPT_S
        keys = self._fetched_keys(http, described) if kept is None or fresh else kept[1]
        while True:
            try:
                return id_token.verified(
                    granted.get("id_token"),
                    keys,
                    issuer=self.settings.issuer,
                    client_id=self.settings.client_id,
                    nonce=nonce,
                    access_token=granted.get("access_token"),
                    now_s=now_s,
                )
            except id_token.UnknownKeyError as error:
                if fresh:
                    raise OidcError(Fault.TOKEN_WRONG, f"ID token: {error}") from error
                fresh, keys = True, self._fetched_keys(http, described)

    def _fetched_keys(self, http: OAuth2Client, described: Described) -> KeySet:
        try:
            keys = KeySet.import_key_set(_object(http.request("GET", described.keys, withhold_token=True)))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError(Fault.PROVIDER_WRONG, f"its keys: {type(error).__name__}") from error
        self._keys = (self._wall_s(), keys)
        return keys

    def _description(self) -> Described:
        kept = self._described
        if kept is not None and self._wall_s() < kept[0] + KEPT_S:
            return kept[1]
        with self._asking() as http, self._lock:
            kept, failed, now = self._described, self._failed, self._wall_s()
            if kept is not None and now < kept[0] + KEPT_S:
                return kept[1]
            if failed is not None and now < failed[0] + RETRY_S:
                raise OidcError(failed[1].fault, failed[1].why)
            try:
                described = self._fetched(http)
            except OidcError as error:
                self._failed = (self._wall_s(), error)
                raise
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                self._failed = (self._wall_s(), _told(error))
                raise
            self._described = (self._wall_s(), described)
            return described

    def _fetched(self, http: OAuth2Client) -> Described:
        issuer = self.settings.issuer
        told = _object(http.request("GET", get_well_known_url(issuer, external=True), withhold_token=True))
        if told.get("issuer") != issuer:
            raise OidcError(Fault.PROVIDER_WRONG, f"it calls itself {clean(str(told.get('issuer')))[:200]}")
        where = {key: told.get(key) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        userinfo = told.get("userinfo_endpoint")
        for key, address in {**where, **({} if userinfo is None else {"userinfo_endpoint": userinfo})}.items():
            if not isinstance(address, str) or not is_safe(address):
                raise OidcError(Fault.PROVIDER_WRONG, f"{key}: neither HTTPS nor of this machine")
        methods = told.get("token_endpoint_auth_methods_supported")
        posted = isinstance(methods, list) and "client_secret_post" in methods and "client_secret_basic" not in methods
        return Described(
            authorization=str(where["authorization_endpoint"]),
            token=str(where["token_endpoint"]),
            keys=str(where["jwks_uri"]),
            userinfo=userinfo,
            auth_method="client_secret_post" if posted else "client_secret_basic",
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        )

    @contextmanager
    def _asking(self, auth_method: str | None = None) -> Iterator[OAuth2Client]:
        if not self._room.acquire(blocking=False):
            raise OidcError(Fault.PROVIDER_DOWN, f"{MOST_AT_ONCE} wait for it already")
        try:
            with OAuth2Client(
                client_id=self.settings.client_id,
                client_secret=self._secret,
                token_endpoint_auth_method=auth_method,
                timeout=TIMEOUT,
                verify=self._tls,
            ) as http:
                yield http
        except OAuthError as error:
            raise _refused(error) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _told(error) from error
        finally:
            self._room.release()


def _more(http: OAuth2Client, address: str, granted: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {granted.get('access_token')}"}
    told = _object(http.request("GET", address, withhold_token=True, headers=headers))
    if told.get("sub") != claims["sub"]:
        raise OidcError(Fault.TOKEN_WRONG, "UserInfo is of somebody else")
    return told | {name: value for name, value in claims.items() if value is not None}


def _object(answer: httpx2.Response) -> dict[str, Any]:
    if answer.status_code >= 500:
        raise OidcError(Fault.PROVIDER_DOWN, f"status {answer.status_code}")
    if answer.status_code != 200:
        raise OidcError(Fault.PROVIDER_WRONG, f"status {answer.status_code}")
    try:
        told = answer.json()
    except (ValueError, RecursionError) as error:
        raise OidcError(Fault.PROVIDER_WRONG, "an answer that is no JSON") from error
    if not isinstance(told, dict):
        raise OidcError(Fault.PROVIDER_WRONG, "an answer that is no JSON object")
    return told


def _told(error: Exception) -> OidcError:
    return OidcError(Fault.PROVIDER_DOWN, type(error).__name__)


def _refused(error: OAuthError) -> OidcError:
    code = told_code(str(error.error))
    # the code is spent, too old, or was not given to whoever shows this verifier
    return OidcError(Fault.BEGIN_AGAIN if code == "invalid_grant" else Fault.PROVIDER_WRONG, f"it answers {code}")
