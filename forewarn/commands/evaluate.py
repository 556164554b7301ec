"""``forewarn evaluate``: were the drivers warned early and rightly, against the truth of where they went."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from alerts.profiles import ProfileError
from forewarn.compiled import tell_compiling
from forewarn.judge.errors import JudgeError, JudgeUnavailable
from forewarn.judge.evaluate import Run, evaluate_drives
from forewarn.judge.fixes import gathered
from forewarn.judge.goals import verdicts
from forewarn.judge.known import read_known
from forewarn.judge.mining import Mined, judge_mining
from forewarn.judge.survey import survey_map
from forewarn.judge.telling import tell
from forewarn.judge.variants import VARIANTS
from forewarn.judge.worst import worst_cases
from forewarn.mining import mine_settings, mined_segments
from forewarn.options import reading_options_beside_map, replay_plan
from forewarn.pages.background import read_roads
from forewarn.pages.judge_page import write_judge_page
from forewarn.printing import console
from forewarn.proposed import tell_proposed
from forewarn.replay import Replay
from forewarn.simulate import is_simulated
from geofence.faults import SegmentFileError
from geofence.mine.build import load_network
from geofence.mine.errors import MapError
from ingest.errors import IngestError

PATH = click.Path(dir_okay=False, path_type=Path)


@click.command("evaluate")
@click.argument("drives", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--map", "map_file", required=True, type=PATH, help="OpenStreetMap extract of the roads driven.")
@click.option("--segments", type=PATH, help="Segment file; mined from the map if not given.")
@click.option(
    "--truth",
    type=PATH,
    help="Table of the ways driven: matched edges, or of simulate --truth-ways; matched live by Valhalla if not given.",
)
@reading_options_beside_map
@click.option("--vehicles", type=PATH, help="Register of vehicles: a CSV with a column vehicle.")
@click.option("--profile", default="cn-hazmat", show_default=True, help="Rules: a name or a file.")
@click.option("--class", "vehicle_class", help="Class of vehicles that the register does not know.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of their drivers.")
@click.option(
    "--variant",
    "chosen",
    multiple=True,
    type=click.Choice([one.name for one in VARIANTS]),
    help="Only this way of sending the drives; may be given several times. All if not given.",
)
@click.option("--cases", type=PATH, help="Write every passage and sentence with its verdict as JSON lines.")
@click.option("--report", type=PATH, help="Write a page with the worst twenty cases, a map each.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def command(drives: tuple[Path, ...], **given: Any) -> int:
    """Hold what drivers would have heard against the truth of where each vehicle really went.

    Replays the drives as they are, thinned to a fix each 30 and 60 s, with 5 and 15 m of added noise and 2 and 10 s of
    delay, runs the voice queue on event time, and says what was found, in time, wrong and idle, for each kind of place.

    \b
    Examples:
      forewarn evaluate taxis.csv --map city.osm.pbf --truth matched.csv.gz --report worst.html
      forewarn evaluate sim.csv --map city.osm.pbf --truth sim-ways.csv --variant as_they_are
    The second of drives made by: forewarn simulate --map city.osm.pbf -o sim.csv --truth-ways sim-ways.csv

    Exit codes: 0 every goal met; 1 a goal missed by the drives as they are; 2 wrong use or nothing usable;
    3 no truth given, and pyvalhalla is not installed; 130 interrupted, 143 terminated.
    """
    out, err = console(), console(stderr=True)
    tell_compiling(err)
    try:
        with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
            replay, runs, mined, notes = _judged(drives, given, bar, err)
            if given["report"]:
                bar.add_task("drawing the report", total=None)
                _write_report(given["report"], given["map_file"], drives, replay, runs)
    except JudgeUnavailable as error:
        err.print(str(error))
        return 3
    except (IngestError, SegmentFileError, ProfileError, MapError, JudgeError, OSError) as error:
        raise click.UsageError(str(error)) from error
    figures = [run.figures for run in runs]
    found = verdicts(figures[0])
    simulated = is_simulated(runs[0].evidence.fixes.vehicles)
    if given["cases"]:
        _write_cases(given["cases"], runs)
    if given["as_json"]:
        whole = {
            "simulated": simulated,
            "goals": found,
            "runs": figures,
            "mined": mined,
            "notes": notes,
        }
        sys.stdout.write(msgspec.json.encode(whole).decode() + "\n")
    else:
        tell(figures, found, mined, notes, out, simulated=simulated)
    return 1 if any(v.met is False for v in found) else 0


def _judged(
    drives: tuple[Path, ...], given: dict[str, Any], bar: Progress, err: Console
) -> tuple[Replay, list[Run], list[Mined], list[str]]:
    """Return the replay, the verdicts, one run a variant, what the miner missed or invented, and notes for a reader."""
    step = bar.add_task("reading the map", total=None)
    plan = replay_plan(drives, given | {"delay_s": None}, given["segments"] or given["map_file"])
    segments = None
    if given["segments"] is None:
        network = load_network(given["map_file"], lambda _: None)
        bar.update(step, description="mining segments")
        segments = mined_segments(network, mine_settings(network, None))
    replay = Replay(plan, segments)
    tell_proposed(replay.segments, plan.segments.name, err)
    bar.update(step, description="reading the drives")
    sent = gathered(replay.batches())
    bar.update(step, description="reading the truth")
    survey = survey_map(given["map_file"])
    truth, around = read_known(given["map_file"], survey, replay.segments, drives, given["truth"], plan.options, sent)
    chosen = [one for one in VARIANTS if not given["chosen"] or one.name in given["chosen"]]
    bar.update(step, total=len(sent) * len(chosen))
    runs = []
    for variant in chosen:
        bar.update(step, description=f"judging {variant.title}")
        runs.append(
            evaluate_drives(
                replay,
                sent,
                truth,
                variant=variant,
                surroundings=around,
                progress=lambda n: bar.advance(step, n),
            )
        )
    rejected = {**replay.tally.rejected, **truth.rejected}
    notes = [*truth.notes, *replay.notes]
    if rejected:
        notes.append("left out: " + ", ".join(f"{reason} {n:,}" for reason, n in sorted(rejected.items())))
    return replay, runs, judge_mining(survey, replay.segments), notes


def _write_report(path: Path, map_file: Path, drives: tuple[Path, ...], replay: Replay, runs: list[Run]) -> None:
    first = runs[0]
    write_judge_page(
        path,
        title=", ".join(drive.name for drive in drives),
        figures=[run.figures for run in runs],
        verdicts=verdicts(first.figures),
        cases=worst_cases(replay, first),
        evidence=first.evidence,
        roads=read_roads(map_file),
        simulated=is_simulated(first.evidence.fixes.vehicles),
    )


def _write_cases(path: Path, runs: list[Run]) -> None:
    with path.open("wb") as lines:
        for run in runs:
            for what, cases in (("passage", run.passages), ("prompt", run.prompts)):
                for case in cases:
                    one = {"variant": run.figures.variant, "what": what, **msgspec.to_builtins(case)}
                    lines.write(msgspec.json.encode(one) + b"\n")
