"""What ``forewarn simulate`` is given, turned into what it means; all raise BadParameter for what makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from forewarn.fleet.job import VERSIONS
from forewarn.simulate.cover import lay_on_roads
from forewarn.simulate.from_lines import calm_kmh, roads_of_segments
from forewarn.simulate.from_map import roads_from_map
from forewarn.simulate.manoeuvres import BY_NAME
from forewarn.simulate.roads import Roads
from geofence.faults import SegmentFileError
from geofence.mine.build import load_network
from geofence.mine.errors import MapError
from geofence.segments import SegmentSet, load


def versions_of(text: str) -> tuple[int, ...]:
    """Return the versions of ``2013,2013,2019``."""
    found = [one.strip() for one in text.split(",")]
    for one in found:
        if one not in map(str, VERSIONS):
            raise click.BadParameter(f"{one}: is none of {', '.join(map(str, VERSIONS))}", param_hint="--versions")
    return tuple(int(one) for one in found)


def start_ms_of(start: str) -> int:
    """Return a time in ISO 8601, of UTC unless it says else, as epoch milliseconds."""
    try:
        moment = datetime.fromisoformat(start)
    except ValueError as error:
        raise click.BadParameter(f"{start}: not a time in ISO 8601", param_hint="--start") from error
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def shares_of(text: str) -> dict[str, float]:
    """Return shares by name from ``exits=3,parks``; a name alone counts 1."""
    mix: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = (one.strip() for one in part.partition("="))
        if name not in BY_NAME:
            raise click.BadParameter(f"{name}: no such manoeuvre ({', '.join(BY_NAME)})", param_hint="--manoeuvres")
        try:
            mix[name] = float(share or 1)
        except ValueError as error:
            raise click.BadParameter(f"{part}: the share is not a number", param_hint="--manoeuvres") from error
        if not 0 <= mix[name] < float("inf"):
            raise click.BadParameter(f"{part}: a share is at least 0", param_hint="--manoeuvres")
    return mix


def segments_of(path: Path) -> SegmentSet:
    """Return the segments of a file."""
    try:
        return load(path)
    except SegmentFileError as error:
        raise click.BadParameter(str(error), param_hint="--segments") from error


def roads_of(osm_map: Path | None, segments: SegmentSet | None) -> Roads:
    """Return the roads of a map, with segments laid on them where there are any; without a map those of segments."""
    if osm_map is None:
        assert segments is not None  # noqa: S101  # one of the two is given
        return roads_of_segments(segments)
    try:
        network = load_network(osm_map)
    except MapError as error:
        raise click.BadParameter(str(error), param_hint="--map") from error
    if segments is None:
        return roads_from_map(network)
    return roads_from_map(network, lay_on_roads(network, segments.lines, calm_kmh(segments)), segments)
