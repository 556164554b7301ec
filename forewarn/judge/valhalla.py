"""Live truth: drives matched to the map by Valhalla's Meili (package pyvalhalla, the extra ``judge``).

The map's tiles are built anew in a folder that is thrown away. What comes back has the form of a table of matched
edges, so that everything behind it is the same.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import osmium
import polars as pl
from numpy.typing import NDArray

from forewarn.judge.errors import BadMap, BadTruth, JudgeUnavailable
from forewarn.judge.matched import MatchedEdges, matched_edges
from forewarn.judge.traced import edge_rows
from ingest.files import ReadOptions, open_history
from ingest.positions import Reject

GAP_S: Final = 300.0
"""A vehicle silent for longer begins a new drive: the road driven meanwhile is anybody's guess."""
MOST_FIXES: Final = 10_000
"""A drive of more fixes is matched in parts; the memory of the matcher grows with them."""
SEARCH_M: Final = 50.0
"""Radius in which the matcher looks for roads, metres: as the table of Porto was made."""
ACCURACY_M: Final = 10.0
"""Noise that it reckons with, metres: as the table of Porto was made."""
BUILD_S: Final = 3_600.0
"""Building tiles may take so long, s."""


def match_drives(map_path: Path, drives: Sequence[Path], options: ReadOptions) -> tuple[MatchedEdges, dict[str, str]]:
    """Match drives to the roads of a map; return the edges and the vehicle of each drive.

    Raises JudgeUnavailable where pyvalhalla is not installed, BadMap where no tiles can be built, BadTruth where
    nothing matches, and IngestError.
    """
    package = _package()
    with tempfile.TemporaryDirectory(prefix="forewarn-judge-") as folder:
        actor = package.Actor(str(_tiles(package, map_path, Path(folder))))
        rows: list[dict[str, Any]] = []
        vehicle_of: dict[str, str] = {}
        traces = list(_traces(drives, options))
        unmatched = 0
        for at, (vehicle, lon, lat, time_s) in enumerate(traces):
            answer = _match(actor, lon, lat, time_s)
            if answer is None:
                unmatched += 1
            else:
                trip = f"{vehicle} {at}"
                vehicle_of[trip] = vehicle
                rows += edge_rows(trip, answer, time_s)
    if not rows:
        raise BadTruth(map_path, f"none of {len(traces)} drives could be matched to its roads")
    edges = matched_edges(pl.DataFrame(rows, infer_schema_length=None))
    if unmatched:
        edges.rejected["drive_not_matched"] += unmatched
    return edges, vehicle_of


def _package() -> ModuleType:
    try:
        return importlib.import_module("valhalla")
    except ImportError as error:
        raise JudgeUnavailable(
            "matching drives live needs pyvalhalla, which is not installed (wheels exist for Python 3.12 and newer): "
            "install forewarn[judge], or give the ways driven with --truth FILE"
        ) from error


def _tiles(package: ModuleType, map_path: Path, folder: Path) -> Path:
    """Build the tiles of a map; return the configuration that names them."""
    assert package.__file__ is not None  # noqa: S101  # a package with a folder
    program = Path(package.__file__).parent / "bin" / "valhalla_build_tiles"
    if not program.is_file():
        raise JudgeUnavailable(f"pyvalhalla is installed without its program {program.name}; its wheel has it")
    tiles = folder / "tiles"
    tiles.mkdir()
    config = importlib.import_module("valhalla.config").get_config(tile_dir=str(tiles), tile_extract="", verbose=False)
    config["service_limits"]["trace"].update(max_distance=5_000_000.0, max_shape=MOST_FIXES + 1)
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config))
    done = subprocess.run(
        [str(program), "-c", str(path), str(_as_pbf(map_path, folder))],
        capture_output=True, text=True, timeout=BUILD_S, check=False,
    )  # fmt: skip
    if done.returncode or not any(tiles.rglob("*.gph")):
        told = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word of why"]
        raise BadMap(map_path, f"Valhalla could build no tiles of it: {told[0]}")
    return path


def _as_pbf(map_path: Path, folder: Path) -> Path:
    """Return a map as PBF, which is all that Valhalla reads; other forms are rewritten, in order of kind and id."""
    if map_path.name.endswith(".pbf"):
        return map_path
    path = folder / "map.osm.pbf"
    reader = osmium.MergeInputReader()
    try:
        reader.add_file(str(map_path))
        with osmium.SimpleWriter(str(path)) as writer:
            reader.apply(writer)
    except RuntimeError as error:
        raise BadMap(map_path, f"not a readable OpenStreetMap file: {error}") from error
    return path


def _traces(
    drives: Sequence[Path], options: ReadOptions
) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the drives: vehicle, longitudes, latitudes and UTC epoch seconds, in order of time."""

    def nothing(_: Reject) -> None:
        """Rejects are the replay's to report."""

    batches = [
        (batch.vehicles, batch.vehicle, batch.lon, batch.lat, batch.time_ms, batch.valid)
        for batch in open_history(drives, options=options, on_reject=nothing)
    ]
    parts: dict[str, list[NDArray[np.float64]]] = {}
    for names, code, lon, lat, time_ms, valid in batches:
        good = valid & (np.abs(lat) <= 90.0) & (np.abs(lon) <= 180.0)
        for one in np.unique(code[good]).tolist():
            mine = good & (code == one)
            parts.setdefault(names[one], []).append(np.column_stack([lon[mine], lat[mine], time_ms[mine] / 1000.0]))
    for vehicle in sorted(parts):
        fixes = np.concatenate(parts[vehicle])
        fixes = fixes[np.unique(fixes[:, 2], return_index=True)[1]]
        cuts = np.flatnonzero(np.diff(fixes[:, 2]) > GAP_S) + 1
        for drive in np.split(fixes, cuts):
            for low in range(0, len(drive), MOST_FIXES):
                part = drive[low : low + MOST_FIXES]
                if len(part) >= 2:
                    yield vehicle, part[:, 0], part[:, 1], part[:, 2]


def _match(
    actor: Any, lon: NDArray[np.float64], lat: NDArray[np.float64], time_s: NDArray[np.float64]
) -> dict[str, Any] | None:
    """Return the matcher's answer for one drive; None where it finds no road."""
    fixes = zip(lon.tolist(), lat.tolist(), time_s.tolist(), strict=True)
    request = {
        "shape": [{"lon": east, "lat": north, "time": when} for east, north, when in fixes],
        "costing": "auto",
        "shape_match": "map_snap",
        "trace_options": {"search_radius": SEARCH_M, "gps_accuracy": ACCURACY_M},
        "filters": {
            "action": "include",
            "attributes": [
                "edge.way_id", "edge.begin_shape_index", "edge.end_shape_index", "edge.source_percent_along",
                "edge.target_percent_along", "matched.edge_index", "matched.distance_along_edge", "matched.type",
                "shape",
            ],
        },
    }  # fmt: skip
    try:
        answer: dict[str, Any] = json.loads(actor.trace_attributes(json.dumps(request)))
    except RuntimeError:  # Valhalla's word for a drive that lies on no road
        return None
    return answer
