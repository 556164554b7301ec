"""``forewarn segments show``: draw a segment file on one page that needs no network."""

from __future__ import annotations

from pathlib import Path

import click

from forewarn.pages.background import read_roads
from forewarn.pages.segment_map import PageInputError, read_collection, write_segment_map
from geofence.mine.errors import MapError


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Page to write.")
@click.option(
    "--map",
    "osm_map",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="OSM extract (.osm, .osm.gz, .osm.pbf) whose roads are drawn as background.",
)
def command(file: Path, out: Path, osm_map: Path | None) -> None:
    """Draw the segments, entries, approaches and decoys of FILE on a map in one HTML page.

    The page loads nothing from any network. Lines switch on and off in the legend; hover tells names, limits
    and where they come from; a click on a segment shows every road that leads to it.
    """
    try:
        collection = read_collection(file)
        roads = read_roads(osm_map) if osm_map else []
        drawn = write_segment_map(out, collection, title=f"Segments of {file.name}", roads=roads)
    except PageInputError as error:
        raise click.BadParameter(str(error), param_hint="FILE") from error
    except MapError as error:
        raise click.BadParameter(str(error), param_hint="--map") from error
    except OSError as error:
        raise click.BadParameter(f"{out}: {error.strerror}", param_hint="--out") from error
    for label, n in drawn.counts.items():
        click.echo(f"{n:>9,}  {label}", err=True)
    for reason, n in drawn.skipped.most_common():
        click.echo(f"{n:>9,}  features not drawn: {reason}", err=True)
    click.echo(f"wrote {out}, {drawn.size_bytes / 1e6:.1f} MB", err=True)
