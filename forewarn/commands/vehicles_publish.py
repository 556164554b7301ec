"""``forewarn vehicles publish``: put a register of vehicles in force for all workers."""

from __future__ import annotations

from pathlib import Path

import click

from forewarn.printing import console
from forewarn.worker.options import config_option, stream_of
from forewarn.worker.register import publish
from ingest.errors import BadRegister
from ingest.vehicles import load_register


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
@click.option("--replace", is_flag=True, help="Also remove vehicles that the file does not hold.")
def command(file: Path, config: Path | None, replace: bool) -> int:
    """Publish a register (CSV): it holds from each vehicle's next position on, without a restart.

    \b
    Example:
      forewarn vehicles publish fleet.csv --config forewarn.toml

    Exit codes: 0 published; 2 a bad file or configuration, or the broker cannot be reached.
    """
    try:
        register = load_register(file)
    except BadRegister as error:
        raise click.UsageError(str(error)) from error
    with stream_of(config) as (settings, client):
        count, removed = publish(client, settings.topics.vehicles, register, replace=replace)
    console().print(f"published {count:,} vehicles" + (f", removed {removed:,}" if replace else ""))
    return 0
