"""``forewarn simulate``: an invented fleet on real roads, always called simulated, with the truth beside it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from click.core import ParameterSource
from rich.progress import Progress

from forewarn.fleet import SIMULATED
from forewarn.fleet.job import Job
from forewarn.fleet.losses import PER_HOUR
from forewarn.fleet.options import roads_of, segments_of, shares_of, start_ms_of, versions_of
from forewarn.fleet.register import write_register
from forewarn.fleet.transports import TRANSPORTS, runner
from forewarn.printing import console
from forewarn.simulate.fleet import Driven, Fleet, drive, gathered
from forewarn.simulate.manoeuvres import BY_NAME, MANOEUVRES
from forewarn.simulate.output import fixes_table, passages_table, ways_table, write_table
from forewarn.simulate.roads import Roads
from geofence.segments import SegmentSet

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT: Final = click.Path(dir_okay=False, path_type=Path)
START: Final = "2026-03-02T06:00:00Z"
"""Start of a fleet that is written to a file."""
OF_FILES: Final = frozenset(("start", "no_speed", "no_heading"))
"""Options that are of use where fixes are written to a file; what those of a transport are, its table says."""

MANOEUVRE_LINES: Final = "\n".join(f"      {one.name:<12}{100 * one.share:>3.0f} %  {one.does}" for one in MANOEUVRES)
TRANSPORT_LINES: Final = "\n".join(f"      {one.form:<18}{one.does}" for one in TRANSPORTS.values())


@click.command(
    "simulate",
    epilog=f"\b\nWhere a fleet reports (--to):\n{TRANSPORT_LINES}\n\n"
    f"\b\nManoeuvres, each with its share of the default mix:\n{MANOEUVRE_LINES}",
)
@click.option("--map", "osm_map", type=FILE, help="OSM extract whose roads are driven (.osm, .osm.gz, .osm.pbf).")
@click.option(
    "--segments", "segment_file", type=FILE, help="Segment file: where drivers brake; driven itself without --map."
)
@click.option("--vehicles", type=click.IntRange(1), default=20, show_default=True, help="Vehicles.")
@click.option(
    "--interval", type=click.FloatRange(0.2, 3600), default=10.0, show_default=True, help="Seconds between reports."
)
@click.option(
    "--hours", type=click.FloatRange(0.001, 240), default=1.0, show_default=True, help="Length of the simulation."
)
@click.option("--start", help=f"Start, ISO 8601; UTC unless it says else.  [default: {START}; with --to now]")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same fleet.")
@click.option("--manoeuvres", "mix", metavar="NAME[=SHARE],...", help="What the vehicles do; by default the mix below.")
@click.option("-o", "--out", type=OUT, help="CSV of fixes in order of arrival (.csv or .csv.gz).")
@click.option("--no-speed", is_flag=True, help="With --out: leave out GNSS speed.")
@click.option("--no-heading", is_flag=True, help="With --out: leave out GNSS course.")
@click.option("--to", metavar="WHERE", help="Report as time passes, to a gateway or Kafka; see below.")
@click.option("--register", type=OUT, help="CSV of the vehicles, for the gateway's register.")
@click.option("--truth", type=OUT, help="CSV of the true passages; needs --segments.")
@click.option("--truth-ways", type=OUT, help="CSV of the ways driven, for evaluate --truth; needs --map.")
@click.option(
    "--versions", metavar="YEAR,...", default="2011,2013,2019", show_default=True,
    help="Terminals: versions of JT/T 808, dealt out in turn.",
)  # fmt: skip
@click.option(
    "--obey", type=click.FloatRange(0, 1), default=0.8, show_default=True,
    help="Terminals: share of drivers who slow down for what is read aloud.",
)  # fmt: skip
@click.option(
    "--outages", type=click.FloatRange(0, 360), default=PER_HOUR, show_default=True,
    help="With --to: losses of the network a vehicle and hour; what was kept is sent afterwards.",
)  # fmt: skip
@click.option("--heard", type=OUT, help="Terminals: JSON line of each text as it comes.")
@click.option("--ca", type=FILE, help="tls: certificates to trust; the system's if not given.")
@click.option("--config", type=click.Path(path_type=Path), help="kafka: TOML file, as for 'forewarn run'.")
@click.option(
    "--pace", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
    help="kafka: so many times real time.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="With --to: print the summary as one JSON object.")
def command(**given: Any) -> int:
    """Let a SIMULATED (模拟) fleet drive real roads, and write or send what its terminals would have sent.

    Vehicles drive the roads of a map, or without one the lines of a segment file. Some drivers speed, some drive
    too long; fixes have noise, gaps and blocks that arrive late. Every vehicle is called SIM-...

    Each vehicle does one manoeuvre again and again, at every kind of place in turn, by the quickest way between
    them. The same seed with another --interval gives other reports of the very same drives.

    With --to the fleet reports as it drives. As terminals it logs in at a gateway, which must know the vehicles
    (--register), keeps reports while it has no network and re-uploads them, and hears texts: drivers of the share
    --obey brake once a text was read aloud, to the limit of the place ahead of them, until it is left. Every text
    is told with the speed when it came and the lowest after it. The truth is what was really driven.

    \b
    Examples:
      forewarn simulate --map city.osm.pbf --segments city.geojson -o fleet.csv --truth truth.csv
      forewarn simulate --vehicles 50 --register fleet-register.csv
      forewarn simulate --segments city.geojson --vehicles 50 --to tcp://127.0.0.1:6808 --heard heard.jsonl
      forewarn simulate --segments city.geojson --to tls://gateway.example:6808 --ca ca.pem --obey 0.5 --outages 6
      forewarn simulate --segments city.geojson --to kafka --config forewarn.toml --pace 10

    Exit codes: 0 done; 1 a terminal was never let in, or a report not acknowledged; 2 wrong use, bad configuration
    or nobody reached; 130 interrupted, 143 terminated, files valid.
    """
    if given["out"] is None and given["to"] is None and given["register"] is None:
        raise click.UsageError("give --out, --to or --register: what is to be written, or where the fleet reports")
    if given["out"] is not None and given["to"] is not None:
        raise click.UsageError("--out and --to exclude each other: a fleet is written to a file, or reports")
    _refuse_idle(given)
    if given["register"] is not None:
        _written(lambda: write_register(given["register"], given["vehicles"]), "--register")
        click.echo(f"{SIMULATED}: register of {given['vehicles']:,} vehicles -> {given['register']}", err=True)
        if given["out"] is None and given["to"] is None:
            return 0
    if given["osm_map"] is None and given["segment_file"] is None:
        raise click.UsageError("give --map or --segments: vehicles need roads")
    if given["truth"] is not None and given["segment_file"] is None:
        raise click.UsageError("--truth lists passages of segments: give --segments")
    if given["truth_ways"] is not None and given["osm_map"] is None:
        raise click.UsageError("--truth-ways lists ways of a map: give --map")
    shares = shares_of(given["mix"]) if given["mix"] is not None else None
    start_ms = start_ms_of(given["start"] or START)
    versions = versions_of(given["versions"])
    segments = segments_of(given["segment_file"]) if given["segment_file"] else None
    roads = roads_of(given["osm_map"], segments)
    if not len(roads):
        raise click.BadParameter(f"{given['segment_file']}: no line to drive on", param_hint="--segments")
    if given["to"] is None:
        with _planned(given, roads, shares) as (drives, left_out):
            fleet = gathered(roads, drives, left_out, given["interval"])
        table = fixes_table(fleet, start_ms, speed=not given["no_speed"], heading=not given["no_heading"])
        _written(lambda: write_table(table, given["out"]), "--out")
        _write_truths(given, fleet, roads, segments, start_ms)
        _say(fleet, given["out"], segments is not None)
        return 0
    with _planned(given, roads, shares, TRANSPORTS[_way(given["to"])].planned_ahead_s) as (drives, left_out):
        planned = list(drives)
    job = Job(
        roads, planned, given["seed"], round(given["hours"] * 3600), given["interval"], given["to"],
        console(stderr=True), start_ms if given["start"] else None, given["outages"], given["pace"], given["config"],
        given["ca"], versions, given["obey"], given["heard"],
    )  # fmt: skip
    return _let_loose(job, given, left_out, segments)


def _way(to: str) -> str:
    """Return the key of ``TRANSPORTS`` that a fleet's way of reporting begins with."""
    return to.split("://")[0]


def _refuse_idle(given: dict[str, Any]) -> None:
    """Refuse a way of reporting that is none, and options that are of no use with it."""
    to, takes, least_s = given["to"], OF_FILES, 0.0
    if to is not None:
        transport = TRANSPORTS.get(_way(to))
        if transport is None or ("://" in to) != ("://" in transport.form):
            forms = ", ".join(one.form for one in TRANSPORTS.values())
            raise click.BadParameter(f"{to}: is none of {forms}", param_hint="--to")
        takes, least_s = transport.takes, transport.least_interval_s
    context = click.get_current_context()
    special = OF_FILES.union(*(one.takes for one in TRANSPORTS.values()))
    for option in context.command.params:
        name = str(option.name)
        if name in special - takes and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{option.opts[-1]} is of no use {'without --to' if to is None else f'with --to {to}'}"
            )
    if given["interval"] < least_s:
        raise click.BadParameter(f"terminals report every {least_s:g} s at most", param_hint="--interval")


def _let_loose(job: Job, given: dict[str, Any], left_out: list[str], segments: SegmentSet | None) -> int:
    """Let a fleet report, write what it really drove, and return the exit code."""
    drivers = Counter(one.driver.manner for one in job.drives)
    told = ", ".join(f"{count} {name}" for name, count in sorted(drivers.items()))
    click.echo(f"{SIMULATED}: {len(job.drives):,} vehicles set off (drivers: {told}) -> {job.to}", err=True)
    done = runner(_way(job.to))(job)
    if given["truth"] is not None or given["truth_ways"] is not None:
        _write_truths(
            given, gathered(job.roads, done.drives, left_out, job.interval_s), job.roads, segments, done.start_ms
        )
    if given["as_json"]:
        sys.stdout.write(msgspec.json.encode(done.summary).decode() + "\n")
    else:
        for line in done.lines:
            click.echo(line)
    if done.signal:
        return 128 + done.signal
    return 0 if done.good else 1


@contextmanager
def _planned(
    given: dict[str, Any], roads: Roads, shares: dict[str, float] | None, ahead_s: int = 0
) -> Iterator[tuple[Iterable[Driven], list[str]]]:
    """Give the vehicles as they are driven, with a bar, and the manoeuvres that are left out."""
    err = console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("simulating", total=given["vehicles"])
        try:
            planned = drive(
                roads,
                vehicles=given["vehicles"],
                seconds=round(given["hours"] * 3600) + ahead_s,
                seed=given["seed"],
                mix=shares,
                progress=lambda done: bar.update(task, completed=done),
            )
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--manoeuvres") from error
        yield planned


def _write_truths(
    given: dict[str, Any], fleet: Fleet, roads: Roads, segments: SegmentSet | None, start_ms: int
) -> None:
    if given["truth"] is not None and segments is not None:
        ids, kinds = [one.id for one in segments.segments], [one.kind for one in segments.segments]
        _written(lambda: write_table(passages_table(fleet, start_ms, ids, kinds), given["truth"]), "--truth")
    if given["truth_ways"] is not None:
        _written(lambda: write_table(ways_table(fleet, roads, start_ms), given["truth_ways"]), "--truth-ways")


def _written(write: Callable[[], None], option: str) -> None:
    try:
        write()
    except OSError as error:
        raise click.BadParameter(f"{error.filename}: {error.strerror}", param_hint=option) from error


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
