"""The URL that names a store, and messages without its password."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

FORMS: Final = "sqlite:///FILE or postgresql://USER@HOST/DATABASE"
_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_SECRET: Final = ("password", "sslpassword")
HIDDEN: Final = "***"


class UrlError(ValueError):
    """No URL of a store; the message does not repeat it, since a password may stand anywhere in it."""


class Named:
    """A store's URL as SQLAlchemy takes it, and as it may be shown."""

    def __init__(self, text: str) -> None:
        """Read it; raises UrlError."""
        try:
            url = make_url(text)
        except (ArgumentError, ValueError) as error:
            raise UrlError(f"is no URL of a store: {FORMS}") from error
        if url.drivername not in _DRIVERS:
            raise UrlError(f"is of no known kind: {FORMS}")
        self.url: URL = url.set(drivername=_DRIVERS[url.drivername])
        secrets = [url.password, *(value for key in _SECRET for value in _listed(url.query.get(key)))]
        self._secrets = sorted((str(one) for one in secrets if one), key=len, reverse=True)
        shown = url.set(query={key: HIDDEN if key in _SECRET else value for key, value in url.query.items()})
        self.shown: str = shown.render_as_string(hide_password=True).replace(quote(HIDDEN), HIDDEN)
        """For messages: passwords are ``***``."""
        if self.is_sqlite and (not url.database or url.database == ":memory:" or url.database.startswith("file:")):
            raise UrlError("needs a file of its own: sqlite:///FILE")
        if self.is_sqlite and (url.query or url.host):
            raise UrlError("takes nothing but a file: sqlite:///FILE, sqlite:////FILE from the root on")

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """The file of SQLite."""
        return Path(str(self.url.database))

    def said(self, error: Exception) -> str:
        """Return what an error says, in one line, without a statement, what was bound to it, or a password."""
        said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
        for secret in self._secrets:
            said = said.replace(secret, HIDDEN)
        return said


def _listed(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else value
