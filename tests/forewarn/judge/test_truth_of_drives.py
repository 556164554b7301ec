"""The judge against the simulator, which knows where its vehicles went; and against real drives."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from forewarn.commands.simulate import command as simulate
from forewarn.judge.driven import lay_paths
from forewarn.judge.matched import read_matched
from forewarn.judge.read import read_truth
from forewarn.judge.survey import survey_map
from forewarn.judge.trips import vehicles_of
from geofence.segments import load
from ingest.files import ReadOptions

ROOT = Path(__file__).resolve().parents[3]
LAST_S = 60.0
"""Passages in the last minute of a simulation may end before they begin."""


@pytest.mark.shared_data
def test_the_judge_finds_the_simulators_passages(tmp_path: Path, shared_data: Path) -> None:
    """From the ways driven alone it finds over 99 % of the passages that the simulator wrote, to the second."""
    segments = ROOT / "data" / "segments.geojson"
    osm = shared_data / "shenzhen_longgang_2019.osm"
    fixes, ways, told = (tmp_path / name for name in ("fixes.csv", "ways.csv", "passages.csv"))
    asked = ["--map", osm, "--segments", segments, "--vehicles", 12, "--hours", 0.5, "--seed", 4, "-o", fixes]
    asked += ["--truth-ways", ways, "--truth", told]
    assert CliRunner().invoke(simulate, [str(one) for one in asked]).exit_code == 0
    truth = read_truth(osm, load(segments), [fixes], ways)
    assert not truth.rejected and truth.paths
    seen: dict[tuple[str, str], list[float]] = {}
    for one in truth.passages:
        if one.segment is not None:
            seen.setdefault((one.vehicle, one.segment), []).append(one.entered_s)
    rows = pl.read_csv(told).filter(pl.col("from_m") <= 1.0).to_dicts()
    entered = [(row["vehicle"], row["segment"], datetime.fromisoformat(row["entered_at"]).timestamp()) for row in rows]
    last_s = max(at_s for *_, at_s in entered) - LAST_S
    wanted = [one for one in entered if one[2] < last_s]
    found = sum(any(abs(at_s - t) <= 1.0 for t in seen.get((v, s), ())) for v, s, at_s in wanted)
    assert len(wanted) > 100 and found / len(wanted) > 0.99


@pytest.mark.shared_data
def test_real_drives_lie_on_the_map_and_belong_to_their_taxis(shared_data: Path) -> None:
    """Every edge of the table of Porto finds its way; trips of one taxi are pieces of one vehicle."""
    survey = survey_map(shared_data / "porto_roads_2022.osm.pbf")
    edges = read_matched(shared_data / "porto_matched_valhalla.csv.gz")
    names, notes = vehicles_of(edges.trips, [shared_data / "porto_taxi_train_1500.csv"], ReadOptions())
    driven = lay_paths(edges, survey.tags, survey.network.ground, names)
    assert not edges.rejected and not notes
    assert driven.off_map < 0.001 * edges.trip.size
    laid_m = sum(float(path.at_m[-1]) for path in driven.paths)
    assert laid_m == pytest.approx(float(edges.length_m.sum()), rel=0.005)
    trips = Counter(driven.trips)
    assert len(trips) > 1400 and len({path.vehicle for path in driven.paths}) < 400
    assert sum(path.ends_cut for path in driven.paths) > 600
