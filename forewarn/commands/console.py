"""``forewarn console``: the dispatchers' page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
from kafka.errors import KafkaError

from forewarn.cleaning import clean
from forewarn.printing import console as printed
from forewarn.worker.config import BadConfigError, Config, load
from forewarn.worker.ending import run_until_told
from forewarn.worker.logs import set_up
from forewarn.worker.options import config_option, log_option


@click.command()
@config_option
@click.option("--port", type=click.IntRange(0, 65_535), help="Port of the page; else console.port, 8640.")
@click.option("--host", help="Address to listen at; else console.host, 127.0.0.1: this machine alone.")
@click.option("--store", help="URL of the store: sqlite:///FILE or postgresql://USER@HOST/DATABASE.")
@click.option("--standalone", is_flag=True, help="Without Kafka: follow the store of 'forewarn gateway --standalone'.")
@click.option(
    "--replay",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of alerts, passages, outcomes or positions, by its name; may be given more than once. No Kafka.",
)
@click.option(
    "--pace", type=click.FloatRange(min=0), default=1.0, show_default=True, help="Of --replay; 0: all at once."
)
@log_option
def command(
    config: Path | None, level: str, replay: tuple[Path, ...], standalone: bool, pace: float, **given: Any
) -> int:
    """Serve the dispatchers' page: an alarm list, a map, one's own load, and a journal of what was done.

    Records come from Kafka, with --standalone from a gateway's store, with --replay from files. The first start makes
    the account 'admin' and prints its password once.

    \b
    Examples:
      forewarn console --config forewarn.toml
      forewarn console --standalone --config small.toml
      forewarn replay positions.csv --out alerts.jsonl
      forewarn console --replay alerts.jsonl --replay positions.csv --pace 60
      forewarn console --store postgresql://forewarn@db/forewarn --host 0.0.0.0

    Exit codes: 0 ended in order; 1 a fault of its own; 2 bad configuration, or no broker reached.
    """
    set_up(level)
    if standalone and replay:
        raise click.UsageError("--standalone and --replay exclude each other")
    try:
        settings = load(config)
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = msgspec.structs.replace(settings, console=msgspec.structs.replace(settings.console, **chosen))
        return _run(settings, replay, standalone, pace)
    except BadConfigError as error:
        raise click.UsageError(str(error)) from error
    except KafkaError as error:
        servers = settings.kafka.bootstrap_servers
        raise click.UsageError(f"Kafka at {servers}: {clean(str(error)) or type(error).__name__}") from error


def _run(settings: Config, replay: tuple[Path, ...], standalone: bool, pace: float) -> int:
    from forewarn.console.starting import Started  # here, since the other commands need no database

    err = printed(stderr=True)
    with Started(settings) as started:
        if started.password is not None:
            err.print(f"first start: log in as 'admin' with the password {started.password}")
            err.print("it is not kept anywhere and not shown again", style="yellow")
        feed = started.replayed(replay, pace) if replay else started.followed() if standalone else started.stream()
        serving = started.serving(feed, functools.partial(_tell, err.print))
        try:
            return run_until_told(serving)
        except OSError as error:
            where = f"{settings.console.host}:{settings.console.port}"
            raise BadConfigError(f"console.port: {where} cannot be listened at: {clean(str(error))}") from error


def _tell(say: Callable[[str], None], address: str) -> None:
    say(f"the console is at {address}")
