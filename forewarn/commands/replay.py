"""``forewarn replay``: history through the very same rules as live positions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from alerts.profiles import ProfileError
from forewarn.cleaning import clean
from forewarn.compiled import tell_compiling
from forewarn.explaining import explain_at, print_explanation
from forewarn.options import reading_options, replay_plan
from forewarn.pacing import Paced
from forewarn.printing import console
from forewarn.proposed import tell_proposed
from forewarn.replay import Replay
from forewarn.sample import sample_segments
from forewarn.sinks import Sink
from forewarn.sinks.jsonl import JsonLines
from forewarn.sinks.report import Report
from forewarn.sinks.terminal import TerminalLines
from forewarn.summary import print_summary
from geofence.faults import SegmentFileError
from ingest.errors import IngestError, NothingUsable


@click.command("replay")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--segments", type=click.Path(path_type=Path), help="Segment file; the sample's (Longgang) if not given.")
@reading_options
@click.option("--vehicles", type=click.Path(path_type=Path), help="Register of vehicles: a CSV with a column vehicle.")
@click.option(
    "--profile", default="cn-hazmat", show_default=True, help="Rules: a name (forewarn profile list) or file."
)
@click.option("--class", "vehicle_class", help="Class of vehicles that the register does not know.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of their drivers.")
@click.option("--delay", "delay_s", type=click.FloatRange(min=0), help="What-if: every fix arrives so many s late.")
@click.option("--pace", type=click.FloatRange(min=0, min_open=True), help="Replay at so many times real time.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the alerts as JSON lines.")
@click.option("--passages", type=click.Path(path_type=Path), help="Write the passages as JSON lines.")
@click.option("--report", type=click.Path(path_type=Path), help="Write a page: map, speed over time, every prompt.")
@click.option("--speak", is_flag=True, help="Speak the prompts, at --pace (real time if not given).")
@click.option("--outcomes", type=click.Path(path_type=Path), help="With --speak: write what became of each prompt.")
@click.option("--wav", type=click.Path(path_type=Path, file_okay=False), help="Write each prompt as a WAV file here.")
@click.option("--explain", metavar="VEHICLE@TIME", help="Say for one fix why it did or did not raise something.")
@click.option("--all", "everything", is_flag=True, help="Also print alerts that carry no sentence.")
@click.option("--quiet", is_flag=True, help="Print no alerts, only the summary.")
@click.option("--to-kafka", is_flag=True, help="Judge nothing: put the positions on the topic of positions.")
@click.option("--config", type=click.Path(path_type=Path), help="With --to-kafka: TOML file, as for 'forewarn run'.")
@click.option(
    "--form", type=click.Choice(["json", "arrow"]), default="json", show_default=True, help="With --to-kafka: messages."
)
@click.option("--as-now", is_flag=True, help="With --to-kafka: move all times so that the first position is of now.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(files: tuple[Path, ...], **given: Any) -> int:
    """Replay historical GPS files through the rules and print what each driver would have heard.

    Reads CSV, GPX, GeoJSON, JSON lines, NMEA, Parquet and polyline tables, gzipped or not; many files and vehicles are
    merged in order of time. Columns are recognised by their names, or given by --map.

    \b
    Examples:
      forewarn replay drive.gpx --segments city.geojson --report drive.html
      forewarn replay fleet-*.csv.gz --map lon=LNG,lat=LAT,vehicle=plate --tz Asia/Shanghai --datum gcj02
      forewarn replay drive.csv --speak --pace 10
      forewarn replay drive.csv --explain B12345@2026-03-01T08:15:30Z
      forewarn replay drive.csv --to-kafka --pace 10 --as-now

    Exit codes: 0 done; 2 wrong use, bad configuration or nothing usable; 130 interrupted, 143 terminated, files valid.
    """
    out, err = console(), console(stderr=True)
    if given["outcomes"] and not given["speak"]:
        raise click.UsageError("--outcomes tells what became of spoken prompts: it needs --speak")
    try:
        plan = replay_plan(files, given, given["segments"] or sample_segments())
        if given["to_kafka"]:
            from forewarn.to_kafka import feed  # here, so that a replay without Kafka loads none

            return feed(plan, given, out, err)
        if given["explain"]:
            tell_compiling(err)
            print_explanation(explain_at(plan, given["explain"]), out, as_json=given["as_json"])
            return 0
        tell_compiling(err)
        replay = Replay(plan)
        for note in replay.notes:
            err.print(f"note: {clean(note)}", style="yellow")
        tell_proposed(replay.segments, plan.segments.name, err)
        paced = Paced(given["pace"] or 1.0) if given["pace"] or given["speak"] else None
        sinks = _sinks(given, replay, paced, err if given["as_json"] else out, err)
    except (IngestError, SegmentFileError, ProfileError, OSError) as error:
        raise click.UsageError(str(error)) from error
    report = next((s for s in sinks if isinstance(s, Report)), None)
    interrupted = False
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("replay", total=sum(f.stat().st_size for f in files if f.is_file()))
        try:
            replay.run(
                sinks,
                progress=lambda n: bar.advance(task, n),
                tap=report.see if report else None,
                paced=paced,
            )
        except KeyboardInterrupt:
            interrupted = True
        except (NothingUsable, IngestError) as error:
            raise click.UsageError(str(error)) from error
    summary = replay.summary()
    if report is not None:
        report.write(summary)
    if given["as_json"]:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    else:
        print_summary(summary, replay.tally, out)
    if interrupted:
        err.print("interrupted; what was written is valid")
        return 130
    return 0


def _sinks(given: dict[str, Any], replay: Replay, paced: Paced | None, out: Console, err: Console) -> list[Sink]:
    """Return the sinks that the options ask for. Raises OSError where a file cannot be written."""
    sinks: list[Sink] = []
    if not given["quiet"]:
        sinks.append(TerminalLines(out, everything=given["everything"]))
    if given["out"]:
        sinks.append(JsonLines(given["out"], "alerts"))
    if given["passages"]:
        sinks.append(JsonLines(given["passages"], "passages"))
    if given["report"]:
        sinks.append(Report(given["report"], replay.segments, ", ".join(f.name for f in replay.plan.files)))
    if given["wav"]:
        from forewarn.sinks.wavs import Wavs  # here, so that a replay without sound loads none

        sinks.append(Wavs(given["wav"], err))
    if given["speak"] and paced is not None:
        from forewarn.sinks.speech import Speech  # here, so that a replay without sound loads none

        sinks.append(Speech(paced, replay.languages, err, given["outcomes"]))
    return sinks
