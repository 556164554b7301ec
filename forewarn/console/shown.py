"""The console over files just made, for a look: its store beside them, and one line that tells how to get in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from forewarn.console.starting import Started
from forewarn.worker.config import Config
from forewarn.worker.ending import run_until_told

AT_ONCE_MS: Final = 10 * 60 * 1000
"""So much of it stands there when the page is opened; the rest comes in its own time."""


def show(files: Sequence[Path], folder: Path, told: Callable[[str, str], None]) -> int:
    """Serve files of records and positions until Ctrl-C; ``told`` is given the address and the password of 'admin'.

    Another free port is taken where the usual one is not. Raises BadConfigError.
    """
    store = (folder / "console.db").resolve()
    for old in folder.glob(f"{store.name}*"):
        old.unlink()
    config = Config()
    port = config.console.port if _is_free(config.console.host, config.console.port) else 0
    console = msgspec.structs.replace(config.console, store=f"sqlite:///{store}", port=port)
    with Started(msgspec.structs.replace(config, console=console)) as started:
        feed = started.replayed(files, 1.0, AT_ONCE_MS)
        password = started.password or ""
        return run_until_told(started.serving(feed, lambda address: told(address, password)))


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True
