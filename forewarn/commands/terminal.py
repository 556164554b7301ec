"""``forewarn terminal``: the in-vehicle program."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click


@click.command("terminal")
@click.option("--config", type=click.Path(path_type=Path), help="TOML file; without it every setting has its default.")
@click.option(
    "--log",
    "level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What is told on standard error.",
)
@click.option("--prepare", is_flag=True, help="Check the configuration, compile the rules, and end.")
def command(config: Path | None, level: str, prepare: bool) -> int:
    """Warn the driver of the vehicle this machine is in, from its own receiver, without a network.

    Reads gpsd, a serial port or a file of NMEA 0183, runs the rules once a second over a local copy of the segments,
    speaks, and serves a page for a small panel. State is kept on disk: it goes on after a loss of power.

    \b
    Examples:
      forewarn terminal --config /etc/forewarn-terminal.toml
      forewarn terminal --config trial.toml --prepare

    docs/terminal.md tells how it is set up, deploy/ has the file for systemd. Logs are JSON lines on standard error.

    Exit codes: 0 ended in order, by SIGTERM or Ctrl-C too; 1 with --prepare: not compiled; 2 bad configuration or
    segments.
    """
    from forewarn.terminal import lean
    from forewarn.terminal.config import BadConfigError, load, state_folder

    try:
        settings = load(config)
    except BadConfigError as error:
        raise click.UsageError(str(error)) from error
    lean.begin()  # before anything imports numba
    from alerts.profiles import ProfileError
    from forewarn.terminal import logs, warming
    from forewarn.terminal.keeping import Keeper
    from forewarn.terminal.starting import check
    from geofence.faults import SegmentFileError
    from ingest.errors import BadOption

    logs.set_up(level)
    try:
        if prepare:
            keeper = Keeper(state_folder(settings), lambda event, why: logs.warn(event, why=why))
            check(settings, keeper)
            keeper.close()
            return 0 if warming.compiled(logs.info, lambda _: None) else 1
        from forewarn.terminal.running import Terminal

        terminal = Terminal(settings)
        before: dict[signal.Signals, Any] = {
            how: signal.signal(how, terminal.stop) for how in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            terminal.run()
        finally:
            for how, handler in before.items():
                signal.signal(how, handler)
    except (BadConfigError, ProfileError, SegmentFileError, BadOption) as error:
        raise click.UsageError(str(error)) from error
    return 0
