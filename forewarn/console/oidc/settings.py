"""The table ``[console.oidc]`` of the configuration; without it nobody logs in by OpenID Connect."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from forewarn.console.people.roles import ROLES
from forewarn.toml_config import BadConfigError, secret

SECRET: Final = "FOREWARN_OIDC_SECRET"  # noqa: S105  # the name of a variable
"""Environment variable that holds the client's secret where no file does."""
LEAST_SECRET: Final = 16
"""Characters: what a browser carries during a login is sealed by it, and must not be found by trying."""
CALLBACK: Final = "/api/oidc/callback"
"""Path to which the provider sends people back."""
LOGIN: Final = "/api/oidc/login"

Claim = Annotated[str, Meta(min_length=1, max_length=256)]
"""Name of a claim; where there is none of that name, a dot leads into an object: ``realm_access.roles``."""


class Oidc(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider, and what is made of what it says."""

    issuer: Annotated[str, Meta(min_length=1, max_length=512)]
    """Its URL, to the letter as it calls itself; HTTPS, but for one on this machine."""
    client_id: Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[\x21-\x39\x3b-\x7e]+$")]
    """As which the console is registered there."""
    public_url: Annotated[str, Meta(min_length=1, max_length=512)]
    """Where browsers find the console: ``https://HOST`` or, on this machine, ``http://127.0.0.1:8640``."""
    client_secret_file: str | None = None
    """File that holds the client's secret alone; without it the environment variable FOREWARN_OIDC_SECRET does."""
    ca_file: str | None = None
    """Certificates that the provider's is checked against; the system's where not given."""
    name: Annotated[str, Meta(min_length=1, max_length=40)] = "OpenID Connect"
    """What the provider is called on the page's button."""
    scopes: Annotated[str, Meta(max_length=512)] = "openid profile email"
    prompt: Literal["login", "select_account", "consent"] | None = None
    """What the provider must ask each time, as machines that several people share want it."""
    name_claim: Claim = "preferred_username"
    """Names an account when it is made."""
    role_claim: Claim | None = None
    """Where roles come from; without it an account's role and carrier are what an admin has set here."""
    roles: dict[str, str] = {}
    """Value of that claim to a role; of several the highest."""
    carrier_claim: Claim | None = None
    """Where the carrier of viewers and dispatchers comes from; else new ones see all, and admins may set one."""
    all_carriers: Annotated[str, Meta(min_length=1)] | None = None
    """Value of that claim that stands for all carriers."""
    admit: bool = False
    """Whether somebody unknown, to whom a role falls, gets an account by logging in."""

    def __post_init__(self) -> None:
        """Refuse what cannot be used together."""
        for key in ("issuer", "public_url"):
            if not is_safe(getattr(self, key)):
                raise ValueError(f"oidc.{key}: is neither an https:// address nor one of this machine")
        parts = urlsplit(self.public_url)
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("oidc.public_url: has more than scheme, host and port")
        if urlsplit(self.issuer).query or urlsplit(self.issuer).fragment:
            raise ValueError("oidc.issuer: has a query or a fragment")
        if "openid" not in self.scopes.split():
            raise ValueError("oidc.scopes: openid is not among them")
        if (self.role_claim is None) == bool(self.roles):
            raise ValueError("oidc.roles: needs role_claim, and role_claim needs roles")
        unknown = sorted({role for role in self.roles.values() if role not in ROLES})
        if unknown:
            raise ValueError(f"oidc.roles: {', '.join(unknown)}: no role; there are {', '.join(ROLES)}")
        if self.role_claim is None and (self.admit or self.carrier_claim is not None):
            raise ValueError("oidc.role_claim: is needed by admit and carrier_claim")
        if self.all_carriers is not None and self.carrier_claim is None:
            raise ValueError("oidc.all_carriers: needs carrier_claim")

    @property
    def origin(self) -> str:
        """Where browsers find the console, without a slash at the end."""
        return self.public_url.rstrip("/")

    def client_secret(self, environment: Mapping[str, str] = os.environ) -> str:
        """Return the client's secret; raises BadConfigError, naming the key."""
        found = secret("console.oidc.client_secret_file", self.client_secret_file, SECRET, environment)
        if len(found) < LEAST_SECRET or not (found.isascii() and found.isprintable()):
            raise BadConfigError(
                f"console.oidc.client_secret_file: the secret is not {LEAST_SECRET} or more printable ASCII characters"
            )
        return found

    def trusted(self) -> ssl.SSLContext | None:
        """Return by which certificates the provider is known, None for the system's; raises BadConfigError."""
        if self.ca_file is None:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise BadConfigError(f"console.oidc.ca_file: {self.ca_file} cannot be read: {error}") from error


def is_safe(url: str) -> bool:
    """Tell whether what goes to an address can be read by nobody on the way: HTTPS, or this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\'):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
