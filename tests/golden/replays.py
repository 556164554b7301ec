"""The golden replays: what is replayed, and what of it is kept. ``make.py`` writes the files, the tests hold them.

Of the simulated fleet every record is kept. Of real drives, which are those of persons, only counts and the sentences
by how often they were said: no vehicle, no time, no place.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from alerts.engine import Records
from forewarn.replay import Plan, Replay
from forewarn.sample import sample_segments
from forewarn.simulate.fleet import simulate
from forewarn.simulate.from_lines import roads_of_segments
from forewarn.simulate.output import fixes_table, write_table
from forewarn.sinks.jsonl import JsonLines
from geofence.segments import load
from ingest.files.options import ReadOptions

HERE: Final = Path(__file__).resolve().parent
VEHICLES: Final = 7
SECONDS: Final = 1800
INTERVAL_S: Final = 10.0
SEED: Final = 2
START_MS: Final = 1_772_431_200_000
"""2026-03-02 06:00 UTC, a Monday, 14:00 in Shenzhen."""
PORTO_TRIPS: Final = 200
MOST_SENTENCES: Final = 20
"""Sentences that are listed of a real replay, the most frequent first."""
OSM_NOTICE: Final = "Contains data © OpenStreetMap contributors, ODbL 1.0, openstreetmap.org/copyright"


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.records = Records([], [])

    def add(self, records: Records) -> None:
        """Keep the records of one batch."""
        self.records.alerts.extend(records.alerts)
        self.records.passages.extend(records.passages)

    def close(self) -> None:
        """Nothing is open."""


def drive_fleet(out: Path) -> Path:
    """Simulate the fleet over the sample and write its positions; late blocks and re-uploads are among them."""
    segments = load(sample_segments())
    fleet = simulate(roads_of_segments(segments), vehicles=VEHICLES, interval_s=INTERVAL_S, seconds=SECONDS, seed=SEED)
    write_table(fixes_table(fleet, START_MS, speed=True, heading=True), out)
    return out


def fleet(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Replay the simulated fleet; returns the records by the name of their golden file."""
    positions = drive_fleet(folder / "positions.csv")
    replay = Replay(Plan(files=[positions], segments=sample_segments()))
    names = ("alerts", "passages")
    replay.run([JsonLines(folder / f"{name}.jsonl", name) for name in names])
    return {
        f"fleet-{name}.jsonl": [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in names
    }


def mine_porto(shared_data: Path, out: Path) -> Path:
    """Mine the places of Porto from its map, by the command itself."""
    from forewarn.commands.segments import command

    made = CliRunner().invoke(
        command, ["import-osm", str(shared_data / "porto_roads_2022.osm.pbf"), "-o", str(out)], catch_exceptions=False
    )
    assert made.exit_code == 0, made.output
    return out


def porto(shared_data: Path, segments: Path, folder: Path) -> dict[str, Any]:
    """The first trips of Porto's taxis over the places of its map, a fix each 15 s without speed or heading."""
    trips = folder / "trips.csv"
    with (shared_data / "porto_taxi_train_1500.csv").open(encoding="utf-8") as lines:
        trips.write_text("".join(line for _, line in zip(range(PORTO_TRIPS + 1), lines, strict=False)), "utf-8")
    return told(
        Plan(files=[trips], segments=segments, profile="eu-561", vehicle_class="car"),
        [OSM_NOTICE, "ECML/PKDD 2015, UCI dataset 339"],
    )


def envirocar(shared_data: Path) -> dict[str, Any]:
    """113 car drives far from any segment: speeding over the car's general limit, a short driving time, screening."""
    return told(
        Plan(
            files=[shared_data / "envirocar_tracks.csv.gz"],
            segments=sample_segments(),
            profile=str(HERE / "short-shift.toml"),
            options=ReadOptions(mapping={"vehicle": "track_id"}),
        ),
        ["Track data © enviroCar (envirocar.org) contributors, ODbL 1.0"],
    )


def munich(shared_data: Path) -> dict[str, Any]:
    """One car drive at a fix a second, judged as a laden truck would be, with its general limit of 80."""
    return told(
        Plan(
            files=[shared_data / "barefoot_munich_x0001-001.json"],
            segments=sample_segments(),
            profile="cn-hazmat",
            language="en",
        ),
        ["bmwcarit/barefoot, Apache-2.0"],
    )


def told(plan: Plan, notices: list[str]) -> dict[str, Any]:
    """Replay real drives; returns counts, and sentences by how often they were said."""
    replay = Replay(plan)
    kept = Kept()
    replay.run([kept])
    summary = replay.summary()
    alerts, passages = kept.records.alerts, kept.records.passages
    said = Counter(f"{a.kind} {a.prompt.form}: {a.prompt.text}" for a in alerts if a.prompt)
    ends = Counter(f"{a.kind} {a.state} {a.reason or ''}".strip() for a in alerts)
    drop = ("from", "to", "repeaters", "segments", "notes")
    often = [r for r in summary["repeaters"] if max(r["ignored"], r["broken"]) > 1]
    return {
        "notices": notices,
        "summary": {key: value for key, value in summary.items() if key not in drop},
        "repeaters": len(often),
        "alerts": dict(sorted(ends.items())),
        "severities": dict(sorted(Counter(f"{a.kind} {a.severity}" for a in alerts if a.state == "raised").items())),
        "passages_open": sum(p.entered_at is not None and p.left_at is None for p in passages),
        "sentences": dict(sorted(said.items(), key=lambda one: (-one[1], one[0]))[:MOST_SENTENCES]),
    }
