"""``forewarn vehicles publish``: put a register of vehicles in force for all workers."""

from __future__ import annotations

from pathlib import Path

import click
from kafka.errors import KafkaError

from forewarn.terminal import console
from forewarn.worker.config import BadConfigError, connection, load
from forewarn.worker.register import publish
from forewarn.worker.transaction import NotCommittedError, RefusedError, TakenOverError
from ingest.errors import BadRegister
from ingest.vehicles import load_register


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), help="TOML file, as for 'forewarn run'.")
@click.option("--replace", is_flag=True, help="Also remove vehicles that the file does not hold.")
def command(file: Path, config: Path | None, replace: bool) -> int:
    """Publish a register (CSV): it holds from each vehicle's next position on, without a restart.

    \b
    Example:
      forewarn vehicles publish fleet.csv --config forewarn.toml

    Exit codes: 0 published; 2 a bad file or configuration, or the broker cannot be reached.
    """
    try:
        settings = load(config)
        register = load_register(file)
        count, removed = publish(connection(settings.kafka), settings.topics.vehicles, register, replace=replace)
    except (BadConfigError, BadRegister) as error:
        raise click.UsageError(str(error)) from error
    except (KafkaError, NotCommittedError, TakenOverError, RefusedError) as error:
        servers = settings.kafka.bootstrap_servers
        raise click.UsageError(f"Kafka at {servers}: {type(error).__name__}: {error}") from error
    console().print(f"published {count:,} vehicles" + (f", removed {removed:,}" if replace else ""))
    return 0
