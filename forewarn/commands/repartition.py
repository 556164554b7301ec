"""``forewarn repartition``: positions keyed otherwise, such as by phone, onto the topic of positions by vehicle."""

from __future__ import annotations

from pathlib import Path

import click

from forewarn.worker.config import BadConfigError, connection, load
from forewarn.worker.ending import run_until_told
from forewarn.worker.logs import set_up
from forewarn.worker.options import config_option, log_option
from forewarn.worker.repartitioning import Repartitioning


@click.command()
@config_option
@log_option
def command(config: Path | None, level: str) -> int:
    """Bring positions of another topic onto the topic of positions, keyed by vehicle, each exactly once.

    The worker judges a vehicle on the partition of its name. What is keyed otherwise, such as by the phone number of a
    JT/T 808 terminal (EMQX), passes through here: the table [source] of the configuration says what it is. A phone
    number of the register becomes its vehicle. What cannot be read goes to the rejects.

    \b
    Example (forewarn.toml):
      [source]
      topic = "jt808"
      tz = "Asia/Shanghai"
    \b
      forewarn repartition --config forewarn.toml

    Exit codes: 0 ended in order; 2 bad configuration, not allowed by the broker, or the broker has lost messages that
    were brought over already; 143 it could not end in order within 5 s (nothing is lost).
    """
    set_up(level)
    try:
        settings = load(config)
        running = Repartitioning(settings, connection(settings.kafka))
    except BadConfigError as error:
        raise click.UsageError(str(error)) from error
    return run_until_told(running)
