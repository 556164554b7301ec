"""A real OpenID provider on a thread of the tests, which can be made to misbehave; and whoever logs in there."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import oidc_provider_mock
import werkzeug.serving
from joserfc import jws
from joserfc.jwk import RSAKey

from forewarn.console.oidc.settings import Oidc
from tests.forewarn.console.running import Running

CLIENT = "forewarn-console"
SECRET = "a secret of the tests: &%+ and more"  # noqa: S105  # of the tests' client
GROUPS = {"fleet-viewers": "viewer", "fleet-dispatch": "dispatcher", "fleet-edit": "editor", "it": "admin"}
CLAIMS: dict[str, Any] = {"preferred_username": "Wang.Wei", "groups": ["fleet-dispatch"], "carrier": "north"}
"""Of somebody who may in, and sees one carrier."""
WANG = "248289761001"
"""Who that is, for the provider."""

Told = dict[str, Any]
TLS = ssl.create_default_context()  # made once: it takes longer than a login


class Issuer:
    """The provider; a context manager. It holds clients to PKCE, and keeps what they asked."""

    def __init__(self) -> None:
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # of the provider: it is on this machine alone
        self._app = oidc_provider_mock.app(require_nonce=True)
        self._app.before_request(self._asked)
        self._app.after_request(self._answered)
        self._challenges: dict[str, str] = {}
        self._new_key = False
        self.behave()

    def behave(self) -> None:
        """Do as a provider should, and know one person."""
        self.users: dict[str, Told] = {WANG: dict(CLAIMS)}
        self.asked: list[tuple[str, dict[str, str], Mapping[str, str]]] = []
        """Path, what was sent, and the headers, of every request."""
        self.change: dict[str, Callable[[Told], Told]] = {}
        """By path: what becomes of an answer."""
        self.sign: Callable[[Told, RSAKey], str] | None = None
        """In whose place the ID token is signed."""
        self.down: set[str] = set()
        """Paths that answer 503."""
        self.refuse: str | None = None
        """The error that it answers to a code."""

    def __enter__(self) -> Issuer:
        self._server = werkzeug.serving.make_server("localhost", 0, self._app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://localhost:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def settings(self, port: int, secret_file: object, **more: Any) -> Oidc:
        """The table of a console at that port that knows this provider."""
        given: dict[str, Any] = {
            "issuer": self.url,
            "client_id": CLIENT,
            "public_url": f"http://127.0.0.1:{port}",
            "client_secret_file": str(secret_file),
            "name": "Fleet ID",
            "role_claim": "groups",
            "roles": GROUPS,
            "carrier_claim": "carrier",
            "all_carriers": "*",
            "admit": True,
        }
        return Oidc(**(given | more))

    def changes_key(self) -> None:
        """Sign by another key from the next request on."""
        self._new_key = True

    def paths(self) -> list[str]:
        """What was asked for so far, in order."""
        return [path for path, _, _ in self.asked]

    def changes_token(self, **claims: Any) -> None:
        """Sign other claims, by the right key."""
        self.sign = lambda was, key: signed({**was, **claims}, key)

    def _asked(self) -> Any:
        request, storage = flask.request, flask.g.oidc_provider_mock_storage
        sent = {**request.args.to_dict(), **request.form.to_dict()}
        self.asked.append((request.path, sent, dict(request.headers)))
        if request.path in self.down:
            return flask.Response("busy", 503)
        for subject, claims in self.users.items():
            storage.store_user(oidc_provider_mock.User(sub=subject, claims=claims))
        if self._new_key:
            self._new_key, storage.jwk = False, type(storage.jwk).generate_key(is_private=True)
        if request.path == "/oauth2/token":
            verifier = sent.get("code_verifier", "").encode()
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
            right = self._challenges.get(sent.get("code", "")) == challenge
            error = self.refuse or (None if right else "invalid_grant")
            if error is not None:
                return flask.Response(json.dumps({"error": error}), 400, mimetype="application/json")
        return None

    def _answered(self, response: flask.Response) -> flask.Response:
        request = flask.request
        back = parse_qs(urlsplit(response.headers.get("Location", "")).query)
        if "code" in back:
            assert request.args["code_challenge_method"] == "S256"
            self._challenges[back["code"][0]] = request.args["code_challenge"]
        if response.status_code == 200 and response.mimetype == "application/json":
            told = response.get_json()
            if request.path == "/oauth2/token" and self.sign is not None:
                claims = json.loads(base64.urlsafe_b64decode(told["id_token"].split(".")[1] + "=="))
                key = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
                told["id_token"] = self.sign(claims, key)
            if request.path in self.change:
                told = self.change[request.path](told)
            response.set_data(json.dumps(told))
        return response


def signed(claims: Told, key: Any, alg: str = "RS256", **header: Any) -> str:
    """An ID token."""
    told = {"alg": alg, "kid": key.kid or key.thumbprint(), **header}
    # JSON in ASCII: half a surrogate pair can be said in it
    return jws.serialize_compact(told, json.dumps(claims), key, registry=jws.JWSRegistry(algorithms=[alg]))


def unsigned(claims: Told, key: RSAKey) -> str:
    """One that says of itself that nobody has signed it."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


class Visitor:
    """Somebody's browser, as far as it needs none: its cookies, and where it is sent."""

    def __init__(self, running: Running) -> None:
        self.http = httpx.Client(base_url=running.address, timeout=60, verify=TLS)

    def begin(self) -> str:
        """Ask to log in; the address of the provider that one is sent to."""
        answer = self.http.get("/api/oidc/login")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def there(self, address: str, subject: str = WANG, **form: str) -> str:
        """Log in there; the address that one is sent back to."""
        answer = self.http.post(address, data={"sub": subject, **form})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def back(self, address: str) -> str:
        """Go there; where one is sent by the console."""
        answer = self.http.get(address)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def log_in(self, subject: str = WANG) -> str:
        """All of it."""
        return self.back(self.there(self.begin(), subject))

    def me(self) -> Told | None:
        """Who the console takes one for."""
        answer = self.http.get("/api/me")
        return answer.json() if answer.status_code == 200 else None
