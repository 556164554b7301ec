"""``forewarn simulate``: an invented fleet on real roads, always called simulated, with the truth beside it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from forewarn.simulate.cover import lay_on_roads
from forewarn.simulate.fleet import Fleet, simulate
from forewarn.simulate.from_lines import calm_kmh, roads_of_segments
from forewarn.simulate.from_map import roads_from_map
from forewarn.simulate.manoeuvres import BY_NAME, MANOEUVRES
from forewarn.simulate.output import fixes_table, passages_table, ways_table, write_table
from forewarn.simulate.roads import Roads
from geofence.faults import SegmentFileError
from geofence.mine.build import load_network
from geofence.mine.errors import MapError
from geofence.segments import SegmentSet, load

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT: Final = click.Path(dir_okay=False, path_type=Path)


MANOEUVRE_LINES: Final = "\n".join(f"      {one.name:<12}{100 * one.share:>3.0f} %  {one.does}" for one in MANOEUVRES)


@click.command("simulate", epilog=f"\b\nManoeuvres, each with its share of the default mix:\n{MANOEUVRE_LINES}")
@click.option("--map", "osm_map", type=FILE, help="OSM extract whose roads are driven (.osm, .osm.gz, .osm.pbf).")
@click.option(
    "--segments", "segment_file", type=FILE, help="Segment file: where drivers brake; driven itself without --map."
)
@click.option("--vehicles", type=click.IntRange(1), default=20, show_default=True, help="Vehicles.")
@click.option(
    "--interval", type=click.FloatRange(0.2, 3600), default=10.0, show_default=True, help="Seconds between reports."
)
@click.option(
    "--hours", type=click.FloatRange(0.01, 240), default=1.0, show_default=True, help="Length of the simulation."
)
@click.option(
    "--start", default="2026-03-02T06:00:00Z", show_default=True, help="Start, ISO 8601; UTC unless it says else."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same fleet.")
@click.option("-o", "--out", type=OUT, required=True, help="CSV of fixes in order of arrival (.csv or .csv.gz).")
@click.option("--truth", type=OUT, help="CSV of the true passages; needs --segments.")
@click.option("--truth-ways", type=OUT, help="CSV of the ways driven, for evaluate --truth; needs --map.")
@click.option("--manoeuvres", "mix", metavar="NAME[=SHARE],...", help="What the vehicles do; by default the mix below.")
@click.option("--no-speed", is_flag=True, help="Leave out GNSS speed.")
@click.option("--no-heading", is_flag=True, help="Leave out GNSS course.")
def command(
    osm_map: Path | None,
    segment_file: Path | None,
    vehicles: int,
    interval: float,
    hours: float,
    start: str,
    seed: int,
    out: Path,
    truth: Path | None,
    truth_ways: Path | None,
    mix: str | None,
    no_speed: bool,
    no_heading: bool,
) -> None:
    """Let a SIMULATED fleet drive real roads, and write what its terminals would have sent.

    Vehicles drive the roads of a map, or without one the lines of a segment file. Some drivers speed, some drive
    too long; fixes have noise, gaps and blocks that arrive late. Every vehicle is called SIM-...

    Each vehicle does one manoeuvre again and again, at every kind of place in turn, by the quickest way between
    them. The same seed with another --interval gives other reports of the very same drives.
    """
    shares = _mix(mix) if mix is not None else None
    if osm_map is None and segment_file is None:
        raise click.UsageError("give --map or --segments: vehicles need roads")
    if truth is not None and segment_file is None:
        raise click.UsageError("--truth lists passages of segments: give --segments")
    if truth_ways is not None and osm_map is None:
        raise click.UsageError("--truth-ways lists ways of a map: give --map")
    start_ms = _start_ms(start)
    segments = _segments(segment_file) if segment_file else None
    roads = _roads(osm_map, segments)
    if not len(roads):
        raise click.BadParameter(f"{segment_file}: no line to drive on", param_hint="--segments")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("simulating", total=vehicles)
        try:
            fleet = simulate(
                roads,
                vehicles=vehicles,
                interval_s=interval,
                seconds=round(hours * 3600),
                seed=seed,
                mix=shares,
                progress=lambda done: bar.update(task, completed=done),
            )
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--manoeuvres") from error
    try:
        write_table(fixes_table(fleet, start_ms, speed=not no_speed, heading=not no_heading), out)
        if truth is not None and segments is not None:
            ids, kinds = [one.id for one in segments.segments], [one.kind for one in segments.segments]
            write_table(passages_table(fleet, start_ms, ids, kinds), truth)
        if truth_ways is not None:
            write_table(ways_table(fleet, roads, start_ms), truth_ways)
    except OSError as error:
        raise click.BadParameter(f"{error.filename}: {error.strerror}", param_hint="--out") from error
    _say(fleet, out, segments is not None)


def _start_ms(start: str) -> int:
    try:
        moment = datetime.fromisoformat(start)
    except ValueError as error:
        raise click.BadParameter(f"{start}: not a time in ISO 8601", param_hint="--start") from error
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _mix(text: str) -> dict[str, float]:
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


def _segments(path: Path) -> SegmentSet:
    try:
        return load(path)
    except SegmentFileError as error:
        raise click.BadParameter(str(error), param_hint="--segments") from error


def _roads(osm_map: Path | None, segments: SegmentSet | None) -> Roads:
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


def _say(fleet: Fleet, out: Path, passed: bool) -> None:
    manners = [one.manner for one in fleet.drivers]
    counts = ", ".join(f"{manners.count(name)} {name}" for name in sorted(set(manners)))
    text = f"simulated: {fleet.vehicle.size:,} fixes of {len(fleet.drivers):,} vehicles (drivers: {counts})"
    if passed:
        text += f", {len(fleet.passages):,} passages of segments"
    click.echo(f"{text} -> {out}", err=True)
    does = Counter(fleet.manoeuvres)
    click.echo("manoeuvres: " + ", ".join(f"{does[name]} {name}" for name in BY_NAME if does[name]), err=True)
    if fleet.left_out:
        click.echo(f"left out, since these roads hold no place for it: {', '.join(fleet.left_out)}", err=True)
    for name, count in sorted(fleet.undone.items()):
        click.echo(f"{name}: not possible on {count:,} trips, at any aim tried", err=True)
