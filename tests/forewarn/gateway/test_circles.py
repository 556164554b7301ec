"""Segments as circles: how wide they are, and how they are written."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.gateway.circles import CIRCLES, Circles, Kind, radius_m
from forewarn.gateway.places import Places
from geofence.datum import FROM_WGS84
from ingest.jt808.codec import decode_body
from ingest.jt808.fields import gbk
from ingest.jt808.frame import LONGEST_BODY
from tests.forewarn.gateway.near_stage import LAT, LON, segment, segments
from tests.forewarn.worker.stage import rules

KIND = Kind("cn-hazmat", "hazmat_truck")
NAMES = st.text(st.characters(codec="gb18030"), min_size=1, max_size=30).filter(str.strip)


def circles_of(places: Places) -> Circles:
    """Their circles by the usual rules."""
    return Circles(places, rules().profiles)


@given(
    st.lists(st.tuples(NAMES, st.one_of(st.none(), st.integers(5, 200))), min_size=1, max_size=20),
    st.integers(1, 8),
    st.sampled_from((2011, 2013, 2019)),
)
def test_a_set_is_written_in_whole_frames_that_replace_what_was_there(
    some: list[tuple[str, float | None]], times: int, version: int
) -> None:
    """The first message replaces, the others add; none is longer than a frame; every circle comes once, in order."""
    rows = some * times
    features = [segment(f"s{k}", 10.0 * k, limit_kmh=limit) for k, (_, limit) in enumerate(rows)]
    places = Places(segments(features))
    places.names = [name for name, _ in rows]
    bodies = circles_of(places).bodies(range(len(rows)), KIND, "wgs84", version)
    told = [decode_body(CIRCLES, body, version).body for body in bodies]
    assert all(len(body) <= LONGEST_BODY for body in bodies)
    assert [one["action"] for one in told] == ["replace"] + ["add"] * (len(told) - 1)
    areas: list[dict[str, Any]] = [area for one in told for area in one["areas"]]
    assert [area["id"] for area in areas] == places.number.tolist()
    assert [area["limit_kmh"] for area in areas] == [limit for _, limit in rows]
    if version == 2019:
        assert all(len(gbk(area["name"])) <= 20 and "\ufffd" not in area["name"] for area in areas)


def test_a_frame_holds_48_circles_of_2013_and_fewer_with_names() -> None:
    """21 bytes each with a limit; a name of ten characters takes 24 more, and the limit at night."""
    places = Places(
        segments([segment(f"s{k}", 10.0 * k, limit_kmh=40, name="龙岗大道与无名支路口") for k in range(49)])
    )
    for version, most in ((2013, 48), (2019, 22)):
        first, second, *_ = (
            decode_body(CIRCLES, body, version).body
            for body in circles_of(places).bodies(range(49), KIND, "wgs84", version)
        )
        assert (first["action"], len(first["areas"]), second["action"]) == ("replace", most, "add")


def test_a_circle_says_what_the_segment_is() -> None:
    """Middle at the entry, a warning on entering, the limit from there on, the name cut between characters."""
    name = "龙岗大道与无名支路路口（龙岗大道由南向北）"
    places = Places(segments([segment("a", 0.0, limit_kmh=40, name=name), segment("b", 500.0)]))
    with_limit, without = (circles_of(places).area(row, KIND, "wgs84") for row in (0, 1))
    assert with_limit == {
        "id": int(places.number[0]),
        "attributes": ["speed_limit", "enter_warns_driver"],
        "latitude_deg": pytest.approx(LAT),
        "longitude_deg": pytest.approx(LON),
        "radius_m": 444,
        "from": None,
        "to": None,
        "limit_kmh": 40,
        "over_for_s": 20,
        "night_limit_kmh": 40,
        "name": "龙岗大道与无名支路路",
    }
    assert without["attributes"] == ["enter_warns_driver"] and without["limit_kmh"] is None


def test_a_circle_south_and_west_has_degrees_without_sign() -> None:
    """The sides stand in the attributes."""
    one = segment("a", 0.0)
    one["geometry"]["coordinates"] = [[-43.2, -22.9], [-43.2, -22.8]]
    area = circles_of(Places(segments([one]))).area(0, KIND, "wgs84")
    assert area["attributes"] == ["enter_warns_driver", "south", "west"]
    assert (area["longitude_deg"], area["latitude_deg"]) == (43.2, 22.9)


def test_the_middle_is_in_the_datum_of_the_terminal() -> None:
    """One that reports GCJ-02 compares with that: a middle in WGS-84 would lie some 500 m beside the road."""
    area = circles_of(Places(segments([segment("a", 0.0)]))).area(0, KIND, "gcj02")
    lon, lat = FROM_WGS84["gcj02"](LON, LAT)
    assert (area["longitude_deg"], area["latitude_deg"]) == (float(lon), float(lat)) != (LON, LAT)


def test_a_point_is_as_much_wider_as_it_reaches() -> None:
    """Its entry is its edge, not its middle."""
    one = segment("a", 0.0, radius_m=120.0, limit_kmh=40)
    one["geometry"] = {"type": "Point", "coordinates": [LON, LAT]}
    area = circles_of(Places(segments([one]))).area(0, KIND, "wgs84")
    assert area["radius_m"] == 564 and area["over_for_s"] == 20


@given(st.floats(10, 130), st.one_of(st.just(math.nan), st.floats(5, 130)))
def test_a_circle_is_never_narrower_for_the_faster_nor_out_of_bounds(usual_kmh: float, limit_kmh: float) -> None:
    """150 m to 1,000 m, and more for a higher speed or a lower limit."""
    approach = rules().profiles["cn-hazmat"].settings("approach", "hazmat_truck")
    radius = radius_m(usual_kmh, limit_kmh, approach)
    assert 150.0 <= radius <= 1_000.0
    assert radius <= radius_m(usual_kmh + 5.0, limit_kmh, approach)
    assert radius >= radius_m(usual_kmh, limit_kmh + 5.0, approach)


def test_faster_classes_have_wider_circles() -> None:
    """A car's usual speed is 120 km/h, a coach's 100: the lead is theirs."""
    places = Places(segments([segment("a", 0.0, limit_kmh=40)]))
    radii = [circles_of(places).area(0, Kind("cn-hazmat", name), "wgs84")["radius_m"] for name in ("coach", "car")]
    assert radii == [556, 760]
    night = circles_of(places).area(0, Kind("cn-hazmat", "coach"), "wgs84")
    assert (night["limit_kmh"], night["night_limit_kmh"]) == (40, 32)
