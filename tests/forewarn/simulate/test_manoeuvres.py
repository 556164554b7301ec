"""Each manoeuvre does what its row in the table says, on a small map that has a place for every one of them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from click.testing import CliRunner

from forewarn.commands.simulate import command
from forewarn.simulate.cover import lay_on_roads
from forewarn.simulate.fleet import Fleet, simulate
from forewarn.simulate.from_lines import calm_kmh
from forewarn.simulate.from_map import roads_from_map
from forewarn.simulate.manoeuvres import BY_NAME, MANOEUVRES
from forewarn.simulate.roads import METRES_PER_DEGREE, Roads
from forewarn.simulate.sights import look_around
from geofence.mine.build import load_network
from geofence.segments import load

NODES = {
    "A": (0.0, 0.0), "B": (0.03, 0.0), "C": (0.06, 0.0), "R": (0.045, -0.003), "D": (0.06, -0.006), "E": (0.06, -0.02),
    "F": (0.0, -0.02), "G": (0.0, -0.0004), "P": (0.028, -0.0004), "Q": (0.028, -0.02), "O": (0.015, -0.02),
    "N": (0.015, 0.01), "M": (0.0, 0.01), "T": (0.003, -0.02), "U": (0.012, -0.02),
}  # fmt: skip
MOTORWAY, RAMP, PARALLEL, OVERPASS, TUNNEL, EAST, WEST = 10, 11, 12, 13, 14, 15, 16
WAYS: dict[int, tuple[str, dict[str, str]]] = {
    MOTORWAY: ("ABC", {"highway": "motorway"}),
    RAMP: ("BRD", {"highway": "motorway_link"}),
    PARALLEL: ("GPQ", {"highway": "tertiary"}),
    OVERPASS: ("ONM", {"highway": "secondary", "bridge": "yes", "layer": "1"}),
    TUNNEL: ("TU", {"highway": "secondary", "tunnel": "yes"}),
    EAST: ("CDEQOU", {"highway": "secondary"}),
    WEST: ("TFGAM", {"highway": "secondary"}),
}
SEGMENTS = {
    "ramp": ("ramp", None, [NODES["B"], NODES["R"], NODES["D"]]),
    "village": ("village_road", None, [(0.05, -0.02), (0.04, -0.02)]),
    "crossing": ("unsignalled_crossing", "level_crossing", [(0.0, -0.012), (0.0, -0.0117)]),
}
KM_EAST = METRES_PER_DEGREE * np.cos(np.radians(-0.01))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map and its segments as files."""
    path = tmp_path_factory.mktemp("map")
    number = {name: k for k, name in enumerate(NODES, 1)}
    rows = [f'<node id="{number[k]}" lon="{x}" lat="{y}" version="1"/>' for k, (x, y) in NODES.items()]
    for way, (nodes, tags) in WAYS.items():
        inside = "".join(f'<nd ref="{number[node]}"/>' for node in nodes)
        inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        rows.append(f'<way id="{way}" version="1">{inside}</way>')
    (path / "map.osm").write_text(f'<osm version="0.6">{"".join(rows)}</osm>')
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": points},
            "properties": {"id": name, "kind": kind, "subtype": subtype, "name": name, "limit_kmh": 40},
        }
        for name, (kind, subtype, points) in SEGMENTS.items()
    ]
    (path / "segments.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture(scope="module")
def roads(folder: Path) -> Roads:
    """The roads of the map, cut at its segments."""
    network, segments = load_network(folder / "map.osm"), load(folder / "segments.geojson")
    return roads_from_map(network, lay_on_roads(network, segments.lines, calm_kmh(segments)), segments)


def drive(roads: Roads, name: str, seed: int = 3, interval_s: float = 2.0) -> Fleet:
    """Eight vehicles that do one thing for an hour."""
    return simulate(roads, vehicles=8, interval_s=interval_s, seconds=3600, seed=seed, mix={name: 1.0})


def passed(fleet: Fleet) -> list[int]:
    """Segments passed through their entry: 0 the ramp, 1 the village, 2 the level crossing."""
    return [one.segment for _, one in fleet.passages if one.from_m < 5]


def turns(roads: Roads, fleet: Fleet) -> int:
    """How often a vehicle turned round on the spot, where the road does not end."""
    ends = np.array([set(roads.next[a:b]) == {roads.twin[k]} for k, (a, b) in enumerate(pairwise(roads.next_start))])
    return sum(
        int(((roads.twin[one.stretch[:-1]] == one.stretch[1:]) & ~ends[one.stretch[:-1]]).sum())
        for _, _, one in fleet.steps
    )


def driven_km(roads: Roads, fleet: Fleet, way: int) -> float:
    """Kilometres driven on a way."""
    return sum(float(one.length_m[roads.way_id[one.stretch] == way].sum()) for _, _, one in fleet.steps) / 1000


def away_m(roads: Roads, fleet: Fleet) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Metres from each fix to the nearest road."""
    lines = [
        shapely.LineString(np.column_stack((roads.lon[a:b] * KM_EAST, roads.lat[a:b] * METRES_PER_DEGREE)))
        for a, b in zip(roads.start[:-1], roads.start[1:], strict=True)
    ]
    points = shapely.points(fleet.fixes.lon * KM_EAST, fleet.fixes.lat * METRES_PER_DEGREE)
    found: np.ndarray[Any, np.dtype[np.float64]] = shapely.distance(points, shapely.union_all(lines))
    return found


def longest_silence_s(fleet: Fleet) -> float:
    """The longest time without a fix of the vehicles, within their drives of one piece."""
    longest = 0.0
    for vehicle in range(len(fleet.drivers)):
        longest = max(longest, float(np.diff(np.sort(fleet.fixes.time_s[fleet.vehicle == vehicle])).max(initial=0)))
    return longest


def test_shares_add_up_and_names_are_plain() -> None:
    """The table is a whole mix, each name once and fit for the command line."""
    assert sum(one.share for one in MANOEUVRES) == pytest.approx(1.0)
    assert len(BY_NAME) == len(MANOEUVRES)
    assert all(one.name.replace("_", "").isalpha() and one.does for one in MANOEUVRES)


@pytest.mark.parametrize("name", BY_NAME)
def test_this_map_has_an_aim_for_every_manoeuvre(roads: Roads, name: str) -> None:
    """Each is possible here, and drives: else the tests below say nothing."""
    assert BY_NAME[name].aims(look_around(roads))
    fleet = drive(roads, name)
    assert fleet.manoeuvres == [name] * 8
    assert not fleet.left_out
    assert fleet.fixes.time_s.size > 1000


def test_aims_are_what_they_are_called(roads: Roads) -> None:
    """The parallel road runs beside the motorway, the overpass crosses it without meeting it, the tunnel is one."""
    sights = look_around(roads)
    assert set(roads.way_id[sights.beside]) == {PARALLEL}
    assert set(roads.way_id[sights.over]) == {OVERPASS}
    assert set(roads.way_id[sights.tunnels]) == {TUNNEL}
    assert dict(sights.places()).keys() == {"ramp", "village_road", "level_crossing"}


def test_who_goes_through_meets_every_place(roads: Roads) -> None:
    """Every kind of place is passed, and each several times."""
    counts = np.bincount(passed(drive(roads, "through")), minlength=3)
    assert counts.min() >= 5


def test_who_exits_takes_the_ramp_and_who_passes_by_never_does(roads: Roads) -> None:
    """Both drive the motorway up to the nose; one leaves there, the other stays."""
    exits, by = drive(roads, "exits"), drive(roads, "passes_by")
    assert passed(exits).count(0) >= 20
    nose = [one for one in range(len(roads)) if roads.way_id[one] == MOTORWAY and roads.lon[roads.start[one]] > 0.02]
    beyond = sum(int(np.isin(one.stretch, nose).sum()) for _, _, one in by.steps)
    assert beyond >= 20
    assert passed(by).count(0) < beyond / 2


@pytest.mark.parametrize(("name", "way"), [("parallel", PARALLEL), ("overpass", OVERPASS), ("tunnel", TUNNEL)])
def test_who_is_sent_to_a_road_drives_it(roads: Roads, name: str, way: int) -> None:
    """The road beside, over and under is driven again and again."""
    assert driven_km(roads, drive(roads, name), way) > 15


def test_only_who_turns_round_turns_round(roads: Roads) -> None:
    """A turn on the spot before the place, or behind it and back through it; all others go on."""
    assert turns(roads, drive(roads, "exits")) == 0
    round_before, back = drive(roads, "u_turn"), drive(roads, "turns_back")
    assert turns(roads, round_before) >= 16
    assert turns(roads, back) >= 16
    assert passed(back).count(1) + passed(back).count(2) >= 10


def test_who_turns_off_leaves_the_way_in(roads: Roads) -> None:
    """Another road is taken at a junction before the place: fewer places are passed than by those who go through."""
    off, through = drive(roads, "turns_off"), drive(roads, "through")
    assert len(passed(off)) < len(passed(through))


def test_who_parks_stands_beside_the_road(roads: Roads) -> None:
    """For minutes at a place, off the carriageway, scattered, with a course that does not change."""
    fleet = drive(roads, "parks")
    far = (away_m(roads, fleet) > 9) & (fleet.fixes.speed_kmh < 2)
    assert far.mean() > 0.05
    held = []
    for vehicle in range(8):
        rows = np.flatnonzero(far & (fleet.vehicle == vehicle))
        if rows.size > 50:
            held.append(np.unique(fleet.fixes.heading_deg[rows]).size / rows.size)
            assert np.std(fleet.fixes.lat[rows] * METRES_PER_DEGREE) > 0.5
    assert held
    assert max(held) < 0.2


def test_who_loses_gps_is_silent_and_drifts(roads: Roads) -> None:
    """No fix for some hundred metres, and before and behind it errors far over the usual."""
    fleet = drive(roads, "loses_gps")
    assert longest_silence_s(fleet) > 15
    assert (away_m(roads, fleet) > 12).mean() > 2 * (away_m(roads, drive(roads, "exits")) > 12).mean()


def test_tunnel_hides_every_vehicle(roads: Roads) -> None:
    """No fix is reported from inside the tunnel."""
    fleet = drive(roads, "tunnel")
    on_it = (np.abs(fleet.fixes.lat + 0.02) < 0.0002) & (fleet.fixes.lon > 0.0045) & (fleet.fixes.lon < 0.0105)
    assert driven_km(roads, fleet, TUNNEL) > 15
    assert not on_it.any()


def test_jam_is_slow_and_stops(roads: Roads) -> None:
    """On the motorway before the ramp a good part of the time is spent crawling, some of it standing."""

    def slow(fleet: Fleet) -> tuple[float, float]:
        motorway = (np.abs(fleet.fixes.lat) < 0.0002) & (fleet.fixes.lon > 0.015) & (fleet.fixes.lon < 0.03)
        speed = fleet.fixes.speed_kmh[motorway]
        return float((speed < 25).mean()), float((speed < 1).mean())

    crawls, stands = slow(drive(roads, "jam"))
    assert crawls > 0.5
    assert stands > 0.05
    assert slow(drive(roads, "exits"))[0] < 0.1


def test_a_mix_is_dealt_in_its_shares(roads: Roads) -> None:
    """Any number of vehicles holds the manoeuvres nearly in their shares."""
    fleet = simulate(roads, vehicles=40, interval_s=60, seconds=60, seed=1, mix={"exits": 3.0, "parks": 1.0})
    assert fleet.manoeuvres.count("exits") == pytest.approx(30, abs=2)
    assert fleet.manoeuvres.count("parks") == pytest.approx(10, abs=2)


@pytest.mark.parametrize("tags", [{"highway": "residential"}, {"highway": "track", "oneway": "yes"}])
def test_roads_without_a_place_are_driven_through(tmp_path: Path, tags: dict[str, str]) -> None:
    """On the poorest map there is still traffic, and what cannot be done there is named."""
    inside = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    (tmp_path / "one.osm").write_text(
        '<osm version="0.6"><node id="1" lon="0" lat="0" version="1"/><node id="2" lon="0.01" lat="0" version="1"/>'
        f'<way id="1" version="1"><nd ref="1"/><nd ref="2"/>{inside}</way></osm>'
    )
    fleet = simulate(roads_from_map(load_network(tmp_path / "one.osm")), vehicles=2, interval_s=10, seconds=900, seed=1)
    assert fleet.manoeuvres == ["through"] * 2
    assert "exits" in fleet.left_out
    assert fleet.fixes.time_s.size > 20


def run(folder: Path, *arguments: str) -> Any:
    """Run the command over the map and its segments."""
    source = ["--map", str(folder / "map.osm"), "--segments", str(folder / "segments.geojson")]
    return CliRunner().invoke(command, [*source, "--hours", "0.2", "--vehicles", "6", *arguments])


def test_truth_names_the_manoeuvre_and_is_a_table_of_matched_edges(folder: Path, tmp_path: Path) -> None:
    """Ways first in the columns of matched edges, split at bends; ways and passages say what each vehicle did."""
    ways, truth = tmp_path / "w.csv", tmp_path / "t.csv"
    mix = "exits=2, u_turn"
    made = run(folder, "--manoeuvres", mix, "-o", str(tmp_path / "f.csv"), "--truth-ways", str(ways),
               "--truth", str(truth))  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "4 exits, 2 u_turn" in made.output
    table = pl.read_csv(ways)
    assert table.columns == [
        "trip_id", "piece", "seq", "way_id", "highway", "entered_at_s", "lon_begin", "lat_begin", "lon_end", "lat_end",
        "length_m", "manoeuvre", "simulated",
    ]  # fmt: skip
    assert (table["simulated"] == 1).all()
    assert set(table["manoeuvre"]) == {"exits", "u_turn"}
    assert table.group_by("trip_id").agg(pl.col("manoeuvre").n_unique())["manoeuvre"].max() == 1
    bend = table.filter((pl.col("way_id") == RAMP) & (pl.col("lon_end") == NODES["R"][0]))
    assert bend.height > 0
    assert set(pl.read_csv(truth)["manoeuvre"]) <= {"exits", "u_turn"}


@pytest.mark.parametrize("mix", ["flies", "exits=many", "exits=-1", "exits=0", "exits=inf", ""])
def test_a_mix_that_is_none_ends_with_2(folder: Path, tmp_path: Path, mix: str) -> None:
    """Unknown names and impossible shares are told in words."""
    made = run(folder, "--manoeuvres", mix, "-o", str(tmp_path / "f.csv"))
    assert made.exit_code == 2, made.output
    assert "--manoeuvres" in made.output


def test_help_teaches_every_manoeuvre() -> None:
    """The table is in the help, name and meaning."""
    told = CliRunner().invoke(command, ["--help"]).output
    for one in MANOEUVRES:
        assert one.name in told
        assert one.does[:20] in told
