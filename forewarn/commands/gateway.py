"""``forewarn gateway``: terminals connect to it, report positions and read prompts aloud."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.profiles import ProfileError
from forewarn.gateway.running import FailedError, Gateway
from forewarn.gateway.store import StoreError, amend
from forewarn.gateway.terminals import forgetting
from forewarn.worker.config import BadConfigError, connection, load
from forewarn.worker.ending import run_until_told
from forewarn.worker.logs import set_up
from forewarn.worker.options import config_option, log_option


@click.command()
@config_option
@click.option("--standalone", is_flag=True, help="Without Kafka: judge in this process, keep alerts in the store.")
@click.option("--forget", metavar="PHONE", help="Let another terminal register under this number, and end.")
@log_option
def command(config: Path | None, standalone: bool, forget: str | None, level: str) -> int:
    """Serve JT/T 808 terminals (2011, 2013, 2019) over TCP, until a signal ends it.

    Positions go to the topic of positions, or with --standalone straight into the rules; prompts become texts (0x8300)
    that the terminal reads aloud. Who may connect stands in the register, by phone number: the topic of vehicles, or
    with --standalone the file under gateway.register.

    \b
    Examples:
      forewarn vehicles publish fleet.csv
      forewarn gateway --config forewarn.toml
      forewarn gateway --standalone --config small.toml
      forewarn gateway --config forewarn.toml --forget 13800000001
      curl http://127.0.0.1:9465/readyz

    Logs are JSON lines on standard error. SIGTERM and Ctrl-C acknowledge what was taken, and end.

    Exit codes: 0 ended in order; 1 a fault of its own, which the log tells, or a number to forget that was not known; 2
    bad configuration, not allowed by the broker, or the broker has lost alerts that were read already; 143 it could not
    end in order within 5 s (nothing is lost: terminals send again what was not acknowledged).
    """
    set_up(level)
    try:
        settings = load(config)
        if forget is not None:
            return _forget(settings.gateway.store, forget)
        gateway = Gateway(settings, None if standalone else connection(settings.kafka))
    except (BadConfigError, ProfileError) as error:
        raise click.UsageError(str(error)) from error
    try:
        return run_until_told(gateway)
    except FailedError as error:
        from forewarn.cleaning import clean  # here, since only a fault needs it

        click.echo(f"Error: the gateway has ended by itself: {clean(str(error))}", err=True)
        return 1


def _forget(path: str, phone: str) -> int:
    try:
        known = amend(Path(path), forgetting(phone))
    except StoreError as error:
        raise click.UsageError(f"gateway.store: {error}") from error
    click.echo(f"{phone} may register anew" if known else f"{phone} has never registered")
    return 0 if known else 1
