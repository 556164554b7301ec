"""``forewarn segments learn``: propose new segments from a fleet's history, for review."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import click

from forewarn.cleaning import clean
from forewarn.learn.counts import LEAST_PASSES, Counted, counted_accidents, counted_driving, counted_episodes
from forewarn.learn.history import Period, Rejects, read_accidents, read_drives
from forewarn.learn.known import counted_known
from forewarn.learn.proposals import learned
from forewarn.learn.traffic import BRAKE_GAP_S, Passes
from forewarn.mining import mine_settings, mined_segments
from forewarn.options import column_mapping, read_options, reading_options_beside_map
from forewarn.printing import console
from forewarn.records import Alert, BadLines, Outcome, Passage, RecordsError, read_records, seconds
from forewarn.simulate import is_simulated
from geofence.datum import TO_WGS84
from geofence.faults import SegmentFileError
from geofence.learn.density import FALSE_SHARE, LEAST_RATIO, LEAST_VEHICLES
from geofence.learn.stretches import Stretches, cut_into_stretches
from geofence.mine.build import load_network
from geofence.mine.errors import MapError
from geofence.mine.network import Network
from geofence.mine.settings import MineSettings
from geofence.segments import SegmentSet, load
from ingest.errors import IngestError
from ingest.files.options import DATUMS

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
MEANING: Final = {
    "hard_braking": "passes with harsh braking",
    "over_limit": "passes over the limit that the map tells",
    "speeding": "passes on which a speeding episode began",
    "accident": "accidents",
    "limit_broken": "passages in which the limit of a segment in force was broken",
    "warning_ignored": "passages entered over the limit after a spoken warning",
}
"""Each count in words."""


@dataclass(slots=True)
class _Heap:
    """What was read and counted so far."""

    on_road: list[tuple[Counted, tuple[str | None, str | None]]] = field(default_factory=list)
    on_known: list[tuple[Counted, tuple[str | None, str | None]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    vehicles: set[str] = field(default_factory=set)


@click.command("learn")
@click.argument("passages", nargs=-1, type=FILE)
@click.option("--map", "map_file", type=FILE, required=True, help="OSM extract of the roads (.osm, .osm.gz, .osm.pbf).")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.option("--segments", "segment_file", type=FILE, help="Segments of the passages; else mined from the map.")
@click.option("--outcomes", multiple=True, type=FILE, help="What became of the prompts, as JSON lines.")
@click.option("--drives", multiple=True, type=FILE, help="Positions: the traffic, harsh braking, broken limits.")
@click.option("--alerts", multiple=True, type=FILE, help="Alerts of the same drives: speeding episodes.")
@click.option("--accidents", multiple=True, type=FILE, help="Table of accidents with columns lon, lat, time.")
@click.option(
    "--accidents-datum", type=click.Choice(DATUMS), default="wgs84", show_default=True, help="Datum of the accidents."
)
@click.option("--accidents-columns", metavar="FIELD=COLUMN,...", help="Their columns, such as lon=X,lat=Y,time=DATE.")
@click.option("--country", metavar="CC", help="Country of the map (ISO code); guessed when left out.")
@reading_options_beside_map
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(passages: tuple[Path, ...], **given: Any) -> int:
    """Propose new segments from history: PASSAGES of known segments, and what else is at hand.

    Passages know only segments in force: they tell where limits are broken, and spoken warnings ignored, more than at
    their like. Drives tell it for every road of the map: harsh braking, limits, and with --alerts speeding episodes;
    accidents are held against the drives, or against the length of road where there are none.

    A place stands out by an exact Poisson test of its count against its traffic at the rate of comparable roads and of
    the same vehicles elsewhere, Benjamini and Hochberg over all places. What stands out is written with its evidence as
    a file of status "proposed", for review: nothing of it is in force.

    \b
    Examples:
      forewarn segments learn passages.jsonl --map city.osm.pbf -o review.geojson
      forewarn segments learn --drives fleet.csv.gz --alerts alerts.jsonl --map city.osm.pbf -o review.geojson
      forewarn segments learn --accidents 2025.csv --drives fleet.csv.gz --map city.osm.pbf -o review.geojson

    Exit codes: 0 done, whether anything stands out or not; 2 wrong use or nothing usable.
    """
    out, err = console(), console(stderr=True)
    if not (passages or given["drives"] or given["accidents"]):
        raise click.UsageError("give PASSAGES, --drives or --accidents: there is nothing to learn from")
    if given["alerts"] and not given["drives"]:
        raise click.UsageError("--alerts tell where, not how many drove there: give the --drives of the same time")
    if given["outcomes"] and not passages:
        raise click.UsageError("--outcomes tell what became of prompts, not where: give the PASSAGES of the same time")
    heap = _Heap()
    try:
        with err.status("reading the map") as status:
            network = load_network(given["map_file"])
            settings = mine_settings(network, given["country"])
            status.update("counting on segments in force")
            segments = _known(heap, passages, given, network, settings) if passages else None
            stretches: Stretches | None = None
            if given["drives"] or given["accidents"]:
                status.update("counting on all roads")
                stretches = cut_into_stretches(network, settings.country)
                _roads(heap, given, stretches)
            status.update("writing what stands out")
            found = learned(network, settings, stretches, heap.on_road, segments, heap.on_known)
        if is_simulated(heap.vehicles):
            found.file.members["generated_by"] += ", from SIMULATED drives"
        found.file.write(given["out"])
    except (MapError, IngestError, SegmentFileError, RecordsError, OSError) as error:
        raise click.UsageError(str(error)) from error
    proposals = [one["properties"] for one in found.file.features if "evidence" in one["properties"]]
    if given["as_json"]:
        summary = {
            "out": str(given["out"]),
            "simulated": is_simulated(heap.vehicles),
            "proposed": len(proposals),
            "looks": found.looks,
            "left_out": dict(heap.left_out),
            "notes": heap.notes,
        }
        click.echo(json.dumps(summary, ensure_ascii=False))
        return 0
    if is_simulated(heap.vehicles):
        out.print("SIMULATED 模拟: vehicles of the simulator are among them", style="bold")
    for look in found.looks:
        if look["places"]:
            out.print(_looked(look), soft_wrap=True)
    for reason, n in heap.left_out.most_common():
        err.print(f"{n:>7,} left out: {reason}", soft_wrap=True)
    for note in heap.notes:
        err.print(f"note: {note}", soft_wrap=True)
    for one in sorted(proposals, key=lambda one: -max(why["ratio_low"] for why in one["evidence"])):
        out.print(_told(one), soft_wrap=True)
    if not proposals:
        out.print(f"nothing stands out; {given['out']} proposes nothing", soft_wrap=True)
        return 0
    out.print(
        f"{len(proposals)} proposal{'' if len(proposals) == 1 else 's'} in {given['out']}, none in force: at least "
        f"{LEAST_RATIO:g} times what the traffic there explains, by {LEAST_VEHICLES} vehicles or more where they are "
        f"known; up to {FALSE_SHARE:.0%} may be chance",
        soft_wrap=True,
    )
    return 0


def _known(
    heap: _Heap, passages: tuple[Path, ...], given: dict[str, Any], network: Network, settings: MineSettings
) -> SegmentSet:
    """Count on the segments in force."""
    segments = load(given["segment_file"]) if given["segment_file"] else mined_segments(network, settings)
    bad, period = BadLines(), Period()
    spoken: set[str] | None = None
    if given["outcomes"]:
        outcomes = read_records(given["outcomes"], Outcome, bad)
        spoken = {one.alert_id for one in outcomes if one.outcome == "spoken"}
    else:
        heap.notes.append("no outcomes: nobody is known to have been warned, so nothing is said of ignored warnings")
    read = list(read_records(passages, Passage, bad))
    for one in read:
        at_s = seconds(one.entered_at)
        if at_s is not None:
            period.see(round(at_s * 1000.0), round(at_s * 1000.0))
    heap.vehicles.update(one.vehicle for one in read)
    known = counted_known(read, segments, spoken)
    heap.on_known += [(counted, period.told()) for counted in known.counted]
    heap.left_out.update({f"passage: {reason}": n for reason, n in known.left_out.items()})
    _say_bad(heap, bad)
    return segments


def _roads(heap: _Heap, given: dict[str, Any], stretches: Stretches) -> None:
    """Count on all roads of the map."""
    passes: Passes | None = None
    rejects = Rejects()
    options = read_options(given)
    if given["drives"]:
        drives = read_drives(given["drives"], options, rejects)
        passes = drives.traffic.passes(stretches)
        heap.vehicles |= drives.vehicles
        heap.left_out.update({f"fix: {reason}": n for reason, n in drives.traffic.unplaced.items() if n})
        heap.on_road += [(counted, drives.period.told()) for counted in counted_driving(passes, stretches)]
        if not passes.brake_seen.any():
            heap.notes.append(f"no harsh braking can be seen: no reported speeds within {BRAKE_GAP_S:g} s")
        if not passes.speed_seen.any():
            heap.notes.append("no limit broken can be seen: the map tells no limit where they drove")
        if given["alerts"]:
            bad = BadLines()
            alerts = [
                one
                for one in read_records(given["alerts"], Alert, bad)
                if one.kind == "speeding" and one.state == "raised"
            ]
            counted, outside = counted_episodes(alerts, passes, stretches)
            heap.on_road.append((counted, drives.period.told()))
            if outside:
                heap.left_out["speeding episode: on no road that the drives passed then"] = outside
            _say_bad(heap, bad)
    if given["accidents"]:
        name = given["accidents_datum"]
        columns = column_mapping(given["accidents_columns"], "--accidents-columns")
        own = replace(options, mapping=columns, datum=name, to_wgs84=None if name == "wgs84" else TO_WGS84[name])
        accidents = read_accidents(given["accidents"], own, rejects)
        counted, off_road = counted_accidents(accidents.lon, accidents.lat, passes, stretches)
        heap.on_road.append((counted, accidents.period.told()))
        if off_road:
            heap.left_out["accident: no road near"] = off_road
    heap.left_out.update({f"row: {reason}": n for reason, n in rejects.count.items()})
    heap.left_out.update({f"speed not believed, its fix stays: {reason}": n for reason, n in rejects.doubted.items()})
    for reason, one in rejects.examples.items():
        heap.notes.append(f"{reason}: {clean(one.source)}:{one.line}: {clean(one.detail)}")


def _say_bad(heap: _Heap, bad: BadLines) -> None:
    heap.left_out.update({f"line that is no record: {path}": n for path, n in bad.count.items() if n})
    heap.notes += [clean(text) for text in bad.examples]


def _looked(look: dict[str, Any]) -> str:
    """Return what was looked at, in words."""
    passes = look["exposure_unit"] == "passes"
    unit = f"passes at places with {LEAST_PASSES} or more" if passes else "m of road, no traffic known"
    more = f"; {look['events_elsewhere']:,} more elsewhere" if look["events_elsewhere"] else ""
    return (
        f"{look['events']:>7,} {MEANING[look['what']]} ({look['exposure']:,} {unit}{more}): "
        f"{look['stand_out']} of {look['places']:,} places stand out"
    )


def _told(properties: dict[str, Any]) -> str:
    """Return a proposal in words."""
    lines = [f"{clean(properties['name'])} ({properties['id']})"]
    for one in properties["evidence"]:
        by = f" by {one['vehicles']} vehicles" if one["vehicles"] is not None else ""
        unit = "passes" if one["exposure_unit"] == "passes" else "m of road"
        lines.append(
            f"    {one['observed']} {MEANING[one['what']]}{by} in {one['exposure']:,.0f} {unit}, "
            f"{one['expected']:.2g} expected: {one['ratio']:.1f} times "
            f"({one['ratio_low']:.1f} to {one['ratio_high']:.1f}), q {one['q']:.2g}"
        )
    return "\n".join(lines)
