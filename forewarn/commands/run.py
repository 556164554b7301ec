"""``forewarn run``: the worker, from positions of a Kafka topic to alerts, exactly once."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.profiles import ProfileError
from forewarn.worker.config import BadConfigError, connection, load
from forewarn.worker.ending import run_until_told
from forewarn.worker.logs import set_up
from forewarn.worker.options import config_option, log_option
from forewarn.worker.running import Running


@click.command()
@config_option
@log_option
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

    Exit codes: 0 ended in order; 1 another worker has taken this one's slot, or it hung; 2 bad configuration, not
    allowed by the broker, or the broker has lost positions that were judged already; 143 it could not end in order
    within 5 s (nothing is lost).
    """
    set_up(level)
    try:
        settings = load(config)
        running = Running(settings, connection(settings.kafka))
    except (BadConfigError, ProfileError) as error:
        raise click.UsageError(str(error)) from error
    return run_until_told(running)
