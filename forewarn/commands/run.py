"""``forewarn run``: the worker, from positions of a Kafka topic to alerts, exactly once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click
from kafka.errors import AuthorizationError, SaslAuthenticationFailedError

from alerts.profiles import ProfileError
from forewarn.worker.config import BadConfigError, connection, load
from forewarn.worker.logs import set_up
from forewarn.worker.running import Running
from forewarn.worker.transaction import RefusedError, ReplacedError


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="TOML file; without it every setting has its default.")
@click.option(
    "--log",
    "level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What is told on standard error.",
)
def command(config: Path | None, level: str) -> int:
    """Watch a stream of positions and write alerts, until a signal ends it.

    Positions come from the topic of that name and alerts, passages and rejects go out, each exactly once, together with
    the offsets. Start as many workers as there are machines: Kafka shares the partitions out among them. Segments come
    from the topic of segments; the file under rules.segments is published where that holds none yet.

    \b
    Examples:
      forewarn topics create --partitions 12
      forewarn segments publish city.geojson
      forewarn run --config forewarn.toml
      curl http://127.0.0.1:9464/readyz

    Logs are JSON lines on standard error. SIGTERM and Ctrl-C finish the batch, commit, and leave the group.

    Exit codes: 0 ended in order; 1 another worker has taken this one's slot, or it hung; 2 bad configuration, or not
    allowed by the broker; 143 it could not end in order within 5 s (nothing is lost).
    """
    set_up(level)
    try:
        settings = load(config)
        running = Running(settings, connection(settings.kafka))
    except (BadConfigError, ProfileError) as error:
        raise click.UsageError(str(error)) from error
    before: dict[signal.Signals, Any] = {
        how: signal.signal(how, running.stop) for how in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        running.run()
    except BadConfigError as error:
        raise click.UsageError(str(error)) from error
    except (RefusedError, AuthorizationError, SaslAuthenticationFailedError) as error:
        raise click.UsageError(f"the broker does not allow it: {error or type(error).__name__}") from error
    except ReplacedError as error:
        click.echo(f"Error: another worker has the slot '{settings.worker.slot}' by now: {error}", err=True)
        return 1
    finally:
        for how, handler in before.items():
            signal.signal(how, handler)
    return 0
