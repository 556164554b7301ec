"""The figures of a golden set of drives: ``python -m tests.forewarn.judge.quality`` writes them anew.

The first trips of Porto's taxis, as they are: aggregates only, since they are drives of persons.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

import tests.conftest  # noqa: F401  # first: it says where compiled rules are kept
from forewarn.judge.evaluate import evaluate_drives
from forewarn.judge.figures import Figures
from forewarn.judge.fixes import gathered
from forewarn.judge.known import read_known
from forewarn.judge.survey import survey_map
from forewarn.mining import mine_settings, mined_segments
from forewarn.replay import Plan, Replay
from geofence.mine.build import load_network
from ingest.files.options import ReadOptions

ROOT: Final = Path(__file__).resolve().parents[3]
KEPT: Final = Path(__file__).with_name("quality.json")
TRIPS: Final = 300
NOTICES: Final = (
    "Contains data © OpenStreetMap contributors, ODbL 1.0, openstreetmap.org/copyright",
    "ECML/PKDD 2015, UCI dataset 339",
)


def judged(shared_data: Path, folder: Path) -> Figures:
    """The figures of the golden set."""
    drives = folder / "trips.csv"
    with (shared_data / "porto_taxi_train_1500.csv").open(encoding="utf-8") as lines:
        drives.write_text("".join(line for _, line in zip(range(TRIPS + 1), lines, strict=False)), "utf-8")
    map_file = shared_data / "porto_roads_2022.osm.pbf"
    network = load_network(map_file, lambda _: None)
    replay = Replay(Plan([drives], map_file), mined_segments(network, mine_settings(network, None)))
    sent = gathered(replay.batches())
    truth_file = shared_data / "porto_matched_valhalla.csv.gz"
    known = read_known(map_file, survey_map(map_file), replay.segments, [drives], truth_file, ReadOptions(), sent)
    return evaluate_drives(replay, sent, known.truth, surroundings=known.around).figures


def shares(figures: Figures) -> dict[str, dict[str, float]]:
    """The shares that must not get worse, by kind: in per cent, where there is evidence."""
    found: dict[str, dict[str, float]] = {}
    for kind, one in (*figures.kinds.items(), ("all", figures.all)):
        told, heard = one.passages, one.prompts
        values = {
            "found": told.found_pct,
            "in_time": told.in_time_pct,
            "two_fixes_by_time": told.two_fixes_by_time_pct,
            "wrong": heard.wrong_pct,
            "idle_per_100km": heard.idle_per_100km if heard.judged else None,
        }
        if known := {name: value for name, value in values.items() if value is not None}:
            found[kind] = known
    return found


def main() -> None:
    """Write the figures as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        figures = judged(ROOT.parent / "shared" / "data", Path(folder))
    whole: dict[str, Any] = {"notices": NOTICES, "trips": TRIPS, "shares": shares(figures)}
    KEPT.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
