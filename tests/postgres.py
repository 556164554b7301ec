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
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

START_S: Final = 60.0
USER: Final = "forewarn"
PORT: Final = 5432
"""It only names the socket."""
SERVANTS: Final = ("postgres", "nobody")
"""As whom it runs where the tests are root's, which PostgreSQL refuses."""


class PostgresError(Exception):
    """It cannot be had or does not start; the message says what to do."""


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine; None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", path.parent.name)])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None


class Postgres:
    """One cluster; it can be stopped, killed and started again on the same data."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """Lay out its data; ``settings`` come on top of those here. Raises PostgresError."""
        bin_folder = binaries()
        if bin_folder is None:
            raise PostgresError("PostgreSQL is not installed: make setup-system")
        self._bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = _servant()
            shutil.chown(self.folder, self._as["user"], self._as["group"])
        self._process: subprocess.Popen[bytes] | None = None
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
            raise PostgresError(f"PostgreSQL's data folder cannot be laid out: {done.stderr[-500:]}")

    def __enter__(self) -> Postgres:
        """Start it."""
        try:
            self.start()
        except PostgresError:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Start it and wait until it takes connections; raises PostgresError."""
        flags = [word for key, value in self._settings.items() for word in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._data), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,  # an interrupt of the terminal is for the program, which then stops it
                **self._as,
            )
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            if self._run("pg_isready", "-q", "-h", str(self.folder), "-p", str(PORT)).returncode == 0:
                return
            time.sleep(0.05)
        said = self.log.read_text("utf-8", "replace")[-500:]
        self.stop()
        raise PostgresError(f"PostgreSQL did not start within {START_S:.0f} s: {said}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, its connections too, in order or, with SIGQUIT, as in a crash; its data stay."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def new_database(self, name: str) -> str:
        """Make an empty database and return its URL; raises PostgresError."""
        done = self._run("createdb", "-h", str(self.folder), "-p", str(PORT), "-U", USER, "-T", "template0", name)
        if done.returncode:
            raise PostgresError(f"no database {name}: {done.stderr[-500:]}")
        return f"postgresql://{USER}@/{name}?host={self.folder}&port={PORT}"

    def emptied(self, url: str) -> str:
        """End whatever is connected to a database, remove all that is in it, and return its URL.

        Takes a small part of what a new one would, and leaves no files. Raises PostgresError.
        """
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        sql = (f"{ended} AND pid <> pg_backend_pid()", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        words = [word for statement in sql for word in ("-c", statement)]
        done = self._run("psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", *words, url)
        if done.returncode:
            raise PostgresError(f"{url} cannot be emptied: {done.stderr[-500:]}")
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
    raise PostgresError(f"{getpass.getuser()} may not run PostgreSQL, and there is no user {' or '.join(SERVANTS)}")
