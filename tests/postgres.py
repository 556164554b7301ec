"""A real PostgreSQL for the tests that need one: a cluster of its own in a folder of its own, ended with them.

The binaries come from Debian's package ``postgresql`` (``make setup-system``) or from the PATH. It listens at a Unix
socket in its folder alone, where whoever may enter the folder is trusted.
"""

from __future__ import annotations

import getpass
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.own_server import OwnServer, ServerError

USER: Final = "forewarn"
PORT: Final = 5432
"""It only names the socket."""
SERVANTS: Final = ("postgres", "nobody")
"""As whom it runs where the tests are root's, which PostgreSQL refuses."""


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine; None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", path.parent.name)])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None


class Postgres(OwnServer):
    """One cluster; it can be stopped, as in a crash by SIGQUIT, and started again on the same data."""

    name = "PostgreSQL"
    start_s = 60.0
    stop_by = signal.SIGINT
    """It ends connections, too."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """Lay out its data; ``settings`` come on top of those here. Raises ServerError."""
        bin_folder = binaries()
        if bin_folder is None:
            raise ServerError("PostgreSQL is not installed: make setup-system")
        self._bin = bin_folder
        super().__init__(Path(tempfile.mkdtemp(prefix="postgres-")))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = _servant()
            shutil.chown(self.folder, self._as["user"], self._as["group"])
        self._settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "port": str(PORT),
            "fsync": "off",  # the data end with the tests
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "shared_buffers": "64MB",
            "max_connections": "100",
            **(settings or {}),
        }
        done = self._run("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        if done.returncode:
            self.close()
            raise ServerError(f"PostgreSQL's data folder cannot be laid out: {done.stderr[-500:]}")

    def start(self) -> None:
        """Start it and wait until it takes connections; raises ServerError."""
        flags = [word for key, value in self._settings.items() for word in ("-c", f"{key}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(self._data), *flags]
        self._started(command, self._is_ready, cwd=self.folder, **self._as)

    def _is_ready(self) -> bool:
        return self._run("pg_isready", "-q", "-h", str(self.folder), "-p", str(PORT)).returncode == 0

    def new_database(self, name: str) -> str:
        """Make an empty database and return its URL; raises ServerError."""
        done = self._run("createdb", "-h", str(self.folder), "-p", str(PORT), "-U", USER, "-T", "template0", name)
        if done.returncode:
            raise ServerError(f"no database {name}: {done.stderr[-500:]}")
        return f"postgresql://{USER}@/{name}?host={self.folder}&port={PORT}"

    def emptied(self, url: str) -> str:
        """End whatever is connected to a database, remove all that is in it, and return its URL.

        Takes a small part of what a new one would, and leaves no files. Raises ServerError.
        """
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        sql = (f"{ended} AND pid <> pg_backend_pid()", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        words = [word for statement in sql for word in ("-c", statement)]
        done = self._run("psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", *words, url)
        if done.returncode:
            raise ServerError(f"{url} cannot be emptied: {done.stderr[-500:]}")
        return url

    def close(self) -> None:
        """End it at once and remove its data."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(self._bin / program), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, **self._as)


def _servant() -> dict[str, Any]:
    for name in SERVANTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise ServerError(f"{getpass.getuser()} may not run PostgreSQL, and there is no user {' or '.join(SERVANTS)}")
