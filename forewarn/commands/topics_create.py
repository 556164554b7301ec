"""``forewarn topics create``: make the topics with the right settings, or say what is wrong with those there."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from forewarn.worker.options import config_option, stream_of
from forewarn.worker.topics import create


@click.command(name="create")
@config_option
@click.option(
    "--partitions",
    type=click.IntRange(1, 10_000),
    default=12,
    show_default=True,
    help="Of positions and all that goes with a vehicle. Fixed from then on: more workers than these are idle.",
)
@click.option(
    "--replicas", type=click.IntRange(1, 100), default=1, show_default=True, help="Copies of each; 3 if it matters."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, config: Path | None, partitions: int, replicas: int, as_json: bool) -> None:
    """Make the topics that are not there yet; those that are there stay as they are.

    The broker is that of the configuration, or of KAFKA_BOOTSTRAP_SERVERS. Ends with 1 where a topic that is there
    cannot be used.
    """
    with stream_of(config) as (settings, client):
        made = create(client, settings.topics, partitions, replicas)
    if as_json:
        click.echo(json.dumps({"topics": [asdict(one) for one in made]}))
    else:
        for one in made:
            click.echo(f"{one.name:<14}{one.partitions:>5} partitions  {one.state}")
    ctx.exit(0 if all(one.good for one in made) else 1)
