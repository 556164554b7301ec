"""``forewarn segments publish``: put a segment file in force for all workers."""

from __future__ import annotations

from pathlib import Path

import click

from forewarn.cleaning import clean
from forewarn.printing import console
from forewarn.worker.catalogue import publish
from forewarn.worker.keeping import needed_versions
from forewarn.worker.options import config_option, stream_of
from geofence.faults import SegmentFileError


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def command(file: Path, config: Path | None) -> int:
    """Publish a segment file: every worker goes over to it at its next batch, without a restart.

    The file is checked first, and again by each worker; a bad one is refused, and the old one stays in force.

    \b
    Example:
      forewarn segments publish city.geojson --config forewarn.toml

    Exit codes: 0 published; 2 a bad file or configuration, or the broker cannot be reached.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be read: {error.strerror or error}") from error
    with stream_of(config) as (settings, client):
        needed = needed_versions(client, settings.topics.engine_state)
        try:
            version = publish(client, settings.topics.segments, content, file.name, needed)
        except SegmentFileError as error:
            raise click.UsageError(str(error)) from error
    console().print(f"published {clean(file.name)}: {version.segments:,} segments, version {version.version}")
    return 0
