"""What the commands of the stream share: their options, and what a person is told where the broker cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from kafka.errors import KafkaError

from forewarn.worker.config import BadConfigError, Config, connection, load
from forewarn.worker.transaction import NotCommittedError, RefusedError, TakenOverError

config_option: Final = click.option(
    "--config", type=click.Path(path_type=Path), help="TOML file; without it every setting has its default."
)
log_option: Final = click.option(
    "--log",
    "level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What is told on standard error.",
)


@contextmanager
def stream_of(config: Path | None) -> Iterator[tuple[Config, dict[str, Any]]]:
    """Give the configuration of a file and the Kafka client's settings.

    What cannot be used or reached, here and within, becomes UsageError.
    """
    try:
        settings = load(config)
        client = connection(settings.kafka)
    except BadConfigError as error:
        raise click.UsageError(str(error)) from error
    try:
        yield settings, client
    except (KafkaError, NotCommittedError, TakenOverError, RefusedError) as error:
        servers = settings.kafka.bootstrap_servers
        raise click.UsageError(f"Kafka at {servers}: {error or type(error).__name__}") from error
