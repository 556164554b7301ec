"""``forewarn demo``: the whole in one command, on a small simulated fleet over the sample's real roads."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from alerts.engine import Records
from alerts.voice import Prompt, Voice
from forewarn.compiled import tell_compiling
from forewarn.printing import console
from forewarn.replay import Plan, Replay
from forewarn.sample import sample_segments
from forewarn.simulate.fleet import simulate
from forewarn.simulate.from_lines import roads_of_segments
from forewarn.simulate.output import fixes_table, write_table
from forewarn.sinks import Sink
from forewarn.sinks.jsonl import JsonLines
from forewarn.sinks.report import Report
from forewarn.sinks.terminal import TerminalLines
from forewarn.sinks.wavs import Wavs
from forewarn.summary import print_summary
from forewarn.worker.logs import set_up
from geofence.segments import load

START_MS: Final = 1_772_431_200_000
"""2026-03-02 06:00 UTC, a Monday, 14:00 in Shenzhen."""
SECONDS: Final = 1800
"""Length of the demonstration, s of simulated time."""
SPEAK_S: Final = 40.0
"""Longest time for them, s."""
MOST_SPOKEN: Final = 3
"""Sentences spoken aloud at the end, where the machine can."""
MOST_WAVS: Final = 12
"""Sentences left as sound: enough to hear every kind."""


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-out"), show_default=True)
@click.option("--vehicles", type=click.IntRange(1, 500), default=12, show_default=True, help="Simulated vehicles.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same fleet.")
@click.option("--silent", is_flag=True, help="Write no sound.")
@click.option(
    "--console/--no-console",
    "with_console",
    default=True,
    show_default=True,
    help="End with the dispatchers' page open.",
)
def command(out: Path, vehicles: int, seed: int, silent: bool, with_console: bool) -> int:
    """Drive a small SIMULATED fleet over the real roads of the sample and print what each driver would hear.

    The roads and places are real (Longgang, Shenzhen, from OpenStreetMap); vehicles, drivers and drives are invented.
    Leaves the positions, the alerts and passages as JSON lines, a report page, and the first sentences as WAV files.
    At the end the dispatchers' page shows the fleet as if it drove now, until Ctrl-C.
    """
    out_console = console()
    out.mkdir(parents=True, exist_ok=True)
    segments = load(sample_segments())
    out_console.print(
        f"{vehicles} SIMULATED vehicles (模拟车队) on the real roads of the sample: "
        f"{len(segments)} segments in Longgang, Shenzhen"
    )
    out_console.print(segments.attribution, style="dim")
    tell_compiling(out_console)
    fleet = simulate(roads_of_segments(segments), vehicles=vehicles, interval_s=10.0, seconds=SECONDS, seed=seed)
    drives = out / "positions.csv"
    write_table(fixes_table(fleet, START_MS, speed=True, heading=True), drives)
    replay = Replay(Plan(files=[drives], segments=sample_segments()), segments)
    report = Report(out / "report.html", segments, "demo")
    for old in (out / "wav").glob("*.wav"):
        old.unlink()
    wavs = Wavs(out / "wav", out_console, most=0 if silent else MOST_WAVS)
    sinks: list[Sink] = [
        TerminalLines(out_console),
        JsonLines(out / "alerts.jsonl", "alerts"),
        JsonLines(out / "passages.jsonl", "passages"),
        wavs,
        report,
    ]
    replay.run(sinks, tap=report.see)
    summary = replay.summary()
    report.write(summary)
    out_console.print()
    print_summary(summary, replay.tally, out_console)
    if not silent:
        speak_some(report.records, out_console)
    out_console.print(f"\nlook at   {out / 'report.html'}   (a page that needs no network)")
    if wavs.written:
        out_console.print(f"listen to {wavs.written[0]}   and {len(wavs.written) - 1} more beside it")
    out_console.print(f"read      {out / 'alerts.jsonl'}, {out / 'passages.jsonl'}, {drives}")
    if not with_console:
        return 0
    from forewarn.console.shown import show  # here, since the rest needs no database

    set_up("warning")
    files = [out / "alerts.jsonl", out / "passages.jsonl", drives]
    return show(files, out, lambda address, password: _tell(out_console, address, password))


def _tell(out_console: Console, address: str, password: str) -> None:
    out_console.print(f"open      {address}   (the console; log in as admin, password {password}; Ctrl-C ends it)")


def speak_some(records: Records, out_console: Console) -> None:
    """Speak the first sentences one after the other; say so where there is no voice or no loudspeaker."""
    first = [a.prompt for a in records.alerts if a.prompt][:MOST_SPOKEN]
    outcomes: Counter[str] = Counter()
    voice = Voice.open({p.language for p in first}, sink=lambda o: outcomes.update([o.outcome]))
    try:
        if voice.faults:  # the voice has said loudly what is missing
            out_console.print("no sound on this machine: the sentences are left as WAV files")
        else:
            for prompt in first:
                voice.say(Prompt(prompt.text, prompt.language, prompt.priority))
            voice.drain(SPEAK_S)
            out_console.print("sound: " + ", ".join(f"{name} {n}" for name, n in sorted(outcomes.items())))
    finally:
        voice.close()
