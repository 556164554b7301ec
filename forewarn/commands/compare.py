"""``forewarn compare``: what would each driver have heard under another segment file, or another profile."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from alerts.profiles import ProfileError
from forewarn.cleaning import clean
from forewarn.compare.difference import Difference, Place, content, difference_of
from forewarn.compare.figures import Figure, compared, judged_sides
from forewarn.compare.pairing import Pair, Said, paired, said_of
from forewarn.compare.places import same_places
from forewarn.compare.sides import SEGMENTS, Sides, alerts_of, segment_sets, sides_of
from forewarn.compiled import tell_compiling
from forewarn.judge.errors import JudgeError, JudgeUnavailable
from forewarn.judge.fixes import gathered
from forewarn.options import reading_options_beside_map
from forewarn.printing import console
from forewarn.proposed import tell_proposed
from forewarn.sample import sample_segments
from forewarn.simulate import is_simulated
from geofence.faults import SegmentFileError
from geofence.mine.errors import MapError
from ingest.errors import IngestError
from ingest.positions import PositionBatch

PATH: Final = click.Path(dir_okay=False, path_type=Path)
MOST_PLACES: Final = 12
"""Segments that are printed with examples; the JSON has all."""
SIGNS: Final = {"lost": "-", "gained": "+", "changed": "~"}
STYLES: Final = {"lost": "red", "gained": "green", "changed": "yellow"}


@click.command("compare")
@click.argument("a")
@click.argument("b")
@click.argument("drives", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--segments", type=PATH, help="Segment file under two profiles; the sample's if not given.")
@click.option("--profile", default="cn-hazmat", show_default=True, help="Rules over two segment files.")
@click.option("--vehicles", type=PATH, help="Register of vehicles: a CSV with a column vehicle.")
@click.option("--class", "vehicle_class", help="Class of vehicles that the register does not know.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of their drivers.")
@click.option("--delay", "delay_s", type=click.FloatRange(min=0), help="Every fix arrives so many s late.")
@click.option("--map", "map_file", type=PATH, help="OSM extract of the roads driven: adds the judge's figures.")
@click.option("--truth", type=PATH, help="Table of matched edges; matched live by Valhalla if only --map is given.")
@reading_options_beside_map
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with every segment.")
def command(a: str, b: str, drives: tuple[Path, ...], **given: Any) -> int:
    """Replay DRIVES under A and under B and print what drivers would have heard instead.

    A and B are two segment files, or two profiles (names or TOML files). A prompt under A and one under B are the same
    where they are for one vehicle, about one place and within three minutes; places are the same by id, else by entry,
    kind and course. With --map, and --truth where it is at hand, the judge's figures of both stand beside each other.

    \b
    Examples:
      forewarn compare now.geojson then.geojson fleet-*.csv.gz
      forewarn compare cn-hazmat mine.toml fleet.csv --segments city.geojson
      forewarn compare now.geojson then.geojson taxis.csv --map city.osm.pbf --truth matched.csv.gz

    Exit codes: 0 done; 2 wrong use or nothing usable; 3 figures asked for, and pyvalhalla is not installed.
    """
    out, err = console(), console(stderr=True)
    if given["truth"] and not given["map_file"]:
        raise click.UsageError("--truth needs the --map that it was matched to")
    kept: list[PositionBatch] = []
    vehicles: set[str] = set()

    def see(batch: PositionBatch) -> None:
        vehicles.update(batch.vehicles)
        if given["map_file"]:
            kept.append(batch)

    figures: list[Figure] | None = None
    notes: list[str] = []
    missing: str | None = None
    try:
        tell_compiling(err)
        sides = sides_of((a, b), drives, given, given["segments"] or sample_segments())
        if sides.sort == SEGMENTS and given["segments"]:
            raise click.UsageError("--segments is for two profiles: A and B are segment files themselves")
        first, second = (replay.default.language for replay in sides.replays)
        if first != second:
            notes.append(
                f"A speaks {first} and B {second}: every sentence differs by that; --language makes them alike"
            )
        for name, segments in zip(sides.names, segment_sets(sides), strict=True):
            tell_proposed(segments, name, err)
        with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task("replay", total=sum(f.stat().st_size for f in drives if f.is_file()))
            alerts = alerts_of(sides, lambda n: bar.advance(task, n), see)
            same = same_places(*segment_sets(sides))
            difference = difference_of(paired(said_of(alerts[0]), said_of(alerts[1]), same))
            if given["map_file"]:
                bar.update(task, description="judging", total=None)
                try:
                    judged = judged_sides(sides, gathered(kept), drives, given["map_file"], given["truth"])
                    figures = compared(judged.a, judged.b)
                    notes += judged.notes
                except JudgeUnavailable as error:
                    missing = str(error)
    except (IngestError, SegmentFileError, ProfileError, MapError, JudgeError, OSError) as error:
        raise click.UsageError(str(error)) from error
    simulated = is_simulated(vehicles)
    if given["as_json"]:
        whole = _content(sides, difference, figures, same, simulated=simulated)
        whole["notes"] = [*whole["notes"], *notes]
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        _print(out, sides, difference, len(same), simulated=simulated)
        if figures is None:
            out.print("\nno figures: they need --map, and --truth or pyvalhalla", style="dim")
        else:
            _print_figures(out, figures)
    tally = sides.replays[0].tally
    if tally.rejected:
        err.print("left out: " + ", ".join(f"{reason} {n:,}" for reason, n in tally.rejected.most_common()))
    for note in (*sides.replays[0].notes, *notes):
        err.print(f"note: {clean(note)}", soft_wrap=True)
    if missing is not None:
        err.print(missing, soft_wrap=True)
        return 3
    return 0


def _content(
    sides: Sides, difference: Difference, figures: list[Figure] | None, same: dict[str, str], *, simulated: bool
) -> dict[str, Any]:
    tally = sides.replays[0].tally
    return {
        "simulated": simulated,
        "sort": sides.sort,
        "a": sides.names[0],
        "b": sides.names[1],
        "fixes": tally.fixes,
        "segments": {"a": len(sides.replays[0].segments), "b": len(sides.replays[1].segments), "same": len(same)},
        **content(difference),
        "figures": None if figures is None else [asdict(one) | {"change": one.change} for one in figures],
        "rejected": dict(tally.rejected),
        "notes": sides.replays[0].notes,
    }


def _print(out: Console, sides: Sides, difference: Difference, same: int, *, simulated: bool) -> None:
    first, second = sides.replays
    word = "SIMULATED drives: " if simulated else ""
    out.print(
        f"{word}{first.tally.fixes:,} fixes of {first.engine.vehicles:,} vehicles under A and B: {sides.sort}s, "
        f"A {clean(sides.names[0])}, B {clean(sides.names[1])}",
        style="bold",
        soft_wrap=True,
    )
    if sides.sort == SEGMENTS:
        out.print(
            f"segments: {same:,} in both, {len(first.segments) - same:,} only in A, "
            f"{len(second.segments) - same:,} only in B"
        )
    table = Table("prompts", "A", "B", "lost", "gained", "changed", "of these", box=None)
    for column in table.columns[1:6]:
        column.justify = "right"
    for kind, n in difference.kinds.items():
        how = ", ".join(f"{what} {times:,}" for what, times in n.changes.most_common())
        numbers = (n.one, n.two, n.lost, n.gained, n.changed)
        table.add_row(kind.replace("_", " "), *(f"{number:,}" for number in numbers), how)
    out.print(table)
    if not difference.kinds:
        out.print("neither A nor B says anything to anybody")
    if not difference.places:
        out.print("no driver would have heard anything else")
        return
    out.print(
        f"something differs for {difference.vehicles:,} vehicles, at {len(difference.places):,} places; "
        "examples: - lost, + gained, ~ changed\n"
    )
    for place in difference.places[:MOST_PLACES]:
        _print_place(out, place)
    if len(difference.places) > MOST_PLACES:
        out.print(f"{len(difference.places) - MOST_PLACES:,} more places in --json", style="dim")


def _print_place(out: Console, place: Place) -> None:
    n = place.counts
    name = f"{clean(place.name)} ({place.kind.replace('_', ' ')}, {clean(place.id)})" if place.id else place.name
    out.print(
        Text(f"{name}: A {n.one:,}, B {n.two:,}; lost {n.lost:,}, gained {n.gained:,}, changed {n.changed:,}"),
        soft_wrap=True,
    )
    for verdict in SIGNS:
        for pair in place.examples.get(verdict, ())[:1]:
            out.print(_line(verdict, pair), soft_wrap=True)


def _line(verdict: str, pair: Pair) -> Text:
    said = pair.one or pair.two
    assert said is not None  # noqa: S101  # a pair has at least one
    line = Text(f"  {SIGNS[verdict]} {said.at[:10]} {said.at[11:19]}Z  {clean(said.vehicle):<12} ", STYLES[verdict])
    line.append(_sentence(said))
    if pair.one is not None and pair.two is not None:
        if {"place", "form", "sentence"} & set(pair.changes):
            line.append(f"  now {_sentence(pair.two)}")
        moved_s = pair.two.begins_s - pair.one.begins_s
        if {"earlier", "later"} & set(pair.changes):
            line.append(f"  {abs(moved_s):.0f} s {'earlier' if moved_s < 0 else 'later'}", style="dim")
    return line


def _sentence(said: Said) -> str:
    return f"「{said.prompt.text}」" if said.prompt.language == "zh" else f'"{said.prompt.text}"'


def _print_figures(out: Console, figures: list[Figure]) -> None:
    table = Table("the judge's figures", "", "A", "B", "change", box=None)
    for column in table.columns[2:]:
        column.justify = "right"
    for one in figures:
        a, b = ("not judged" if value is None else f"{value:,}" for value in (one.a, one.b))
        change = "" if one.change is None else f"{one.change:+,}" if one.change else "0"
        table.add_row(one.kind.replace("_", " "), f"{one.name} {one.unit}".strip(), a, b, change)
    out.print()
    out.print(table)
