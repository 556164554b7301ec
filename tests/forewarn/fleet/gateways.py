"""Gateways on a thread of the test, and fleets that a test lets loose on them by the command."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from forewarn.commands.simulate import command
from forewarn.gateway.hub import Hub
from forewarn.gateway.running import Gateway
from forewarn.worker.config import load
from tests.forewarn.fleet.stage import SEED
from tests.forewarn.worker.stream import ENVIRONMENT, RUN, until

COMPILED_S = 900.0
"""So long a gateway may take until it judges: on a machine that has not compiled the rules yet that takes long."""


class Running:
    """One gateway."""

    def __init__(self, folder: Path, config: str, connection: dict[str, Any] | None = None, port: int = 0) -> None:
        """Note its configuration: ``config`` is what stands before and within its table ``[gateway]``."""
        path = folder / "gateway.toml"
        path.write_text(
            f'{config}\nlisten = "127.0.0.1:{port}"\nstore = "{folder}/gateway.db"\nmetrics = ""\n'
            f'register = "{folder}/register.csv"\nflush_s = 0.05\n',
            "utf-8",
        )
        self._path, self._connection = path, connection
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.gateway: Gateway | None = None
        self.failed: BaseException | None = None

    def __enter__(self) -> Running:
        """Wait until it listens."""
        self._thread.start()
        until(lambda: self.failed is not None or (self.gateway is not None and self.gateway.listener is not None))
        until(lambda: self.failed is not None or self.port > 0)
        if self.failed is not None:
            raise self.failed
        return self

    def __exit__(self, *_: object) -> None:
        """End it in order."""
        assert self.gateway is not None
        self.gateway.ask_to_end()
        self._thread.join(60)
        assert not self._thread.is_alive()
        if self.failed is not None:
            raise self.failed

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not yet."""
        listener = self.gateway.listener if self.gateway else None
        try:
            return listener.port if listener else 0
        except AssertionError:
            return 0

    @property
    def hub(self) -> Hub:
        """Where its parts meet."""
        assert self.gateway is not None and self.gateway.hub is not None
        return self.gateway.hub

    def until_taken(self, positions: int) -> None:
        """Wait until it has handed on so many positions."""
        until(lambda: self.hub.uplink.taken >= positions, 120)

    def _run(self) -> None:
        try:
            self.gateway = Gateway(load(self._path, {}), self._connection)
            self.gateway.run()
        except BaseException as error:  # noqa: BLE001  # handed on when the test ends
            self.failed = error


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str


def simulate(*arguments: Any) -> Ran:
    """Run the command as the command line does."""
    given = [str(one) for one in arguments]
    result = CliRunner().invoke(command, given, standalone_mode=False)
    if isinstance(result.exception, click.ClickException):
        return Ran(result.exception.exit_code, result.stdout, result.stderr + result.exception.format_message())
    if result.exception is not None:
        raise result.exception
    return Ran(result.return_value or 0, result.stdout, result.stderr)


def summary(result: Ran) -> dict[str, Any]:
    """What a fleet printed with --json; a gateway in the same process has written its log before it."""
    told: dict[str, Any] = json.loads(result.out.splitlines()[-1])
    return told


def options(roads: Path, to: str, **more: Any) -> list[str]:
    """The command line of a small fleet: two vehicles of each version that report every second."""
    given = {
        "segments": roads, "to": to, "vehicles": 6, "interval": 1, "seed": SEED, "manoeuvres": "exits", **more
    }  # fmt: skip
    return [word for key, value in given.items() for word in (f"--{key}", str(value))]


def simulating(*arguments: Any) -> subprocess.Popen[bytes]:
    """Start the command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "simulate", *(str(one) for one in arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=ENVIRONMENT,
    )  # fmt: skip


def lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
