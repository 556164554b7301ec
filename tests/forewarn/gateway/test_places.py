"""Where segments are entered, and which are nearest."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from forewarn.gateway.places import NOWHERE, Places, PlacesTopic, geocentric_m, numbers_of
from forewarn.worker import catalogue
from forewarn.worker.tail import Tail
from forewarn.worker.transaction import Message, Transactions
from tests.forewarn.gateway.near_stage import LAT, LON, M_PER_DEG, segment, segments
from tests.forewarn.worker.stage import document

GEOD = Geod(ellps="WGS84")
CLASSES = (None, ["coach"], ["hazmat_truck"], ["coach", "truck"])
PLACE = st.tuples(
    st.floats(-20_000, 20_000),
    st.floats(-20_000, 20_000),
    st.sampled_from(CLASSES),
    st.sampled_from((None, "07:00-09:00")),
)


def places_at(rows: list[tuple[float, float, list[str] | None, str | None]]) -> Places:
    """Points so many metres east and north."""
    features = []
    for k, (east_m, north_m, classes, hours) in enumerate(rows):
        one = segment(f"s{k}", 0.0, radius_m=30.0, vehicle_classes=classes, hours=hours)
        place = [LON + east_m / M_PER_DEG, LAT + north_m / M_PER_DEG]
        features.append({**one, "geometry": {"type": "Point", "coordinates": place}})
    return Places(segments(features))


@settings(max_examples=60)
@given(
    st.lists(PLACE, min_size=1, max_size=30),
    st.lists(st.sampled_from(("coach", "truck", "car")), min_size=1, max_size=6),
)
def test_nearest_places_are_those_that_a_look_at_each_one_finds(
    rows: list[tuple[float, float, list[str] | None, str | None]], fleet: list[str]
) -> None:
    """By the geodesic, of places that concern the class: all for faster positions, those without hours for circles."""
    places = places_at(rows)
    lon, lat = LON + np.linspace(-0.1, 0.1, len(fleet)), LAT + np.linspace(0.05, -0.05, len(fleet))
    at_m, bits = geocentric_m(lon, lat), np.array([places.bit(one) for one in fleet], np.uint64)
    near_m = places.distance_m(at_m, bits, 10_000.0)
    found, far_m = places.nearest(at_m, bits, 3)
    for k, name in enumerate(fleet):
        _, _, way_m = GEOD.inv(np.full(len(rows), lon[k]), np.full(len(rows), lat[k]), places.lon, places.lat)
        mine = [row for row, (_, _, classes, _) in enumerate(rows) if classes is None or name in classes]
        least_m = min((way_m[row] for row in mine), default=np.inf)
        assert near_m[k] == pytest.approx(least_m, abs=0.1) if least_m < 9_999.0 else near_m[k] > 9_998.0
        lasting = sorted(way_m[row] for row in mine if rows[row][3] is None)[:3]
        assert [way_m[row] for row in found[k] if row != NOWHERE] == pytest.approx(lasting, abs=0.1)
        assert far_m[k] == (pytest.approx(lasting[2], abs=0.1) if len(lasting) == 3 else np.inf)


def test_distances_hold_across_the_antimeridian_and_near_the_pole() -> None:
    """No zone, no seam: 300 m are 300 m there too."""
    for lon, lat in ((179.9990, 10.0), (20.0, 89.0)):
        to_lon, to_lat, _ = GEOD.fwd(lon, lat, 90.0, 300.0)
        a, b = geocentric_m(np.array([lon, to_lon]), np.array([lat, to_lat]))
        assert np.linalg.norm(a - b) == pytest.approx(300.0, abs=0.01)


def test_a_two_way_segment_is_entered_at_both_ends() -> None:
    """Whoever comes from the other side meets its far end first; a one-way segment has one entry."""
    places = Places(segments([segment("one", 0.0), segment("both", 1_000.0, two_way=True)]))
    assert len(places) == 3 and places.names == ["one", "both", "both"]
    assert (places.lat - LAT) * M_PER_DEG == pytest.approx([0.0, 1_000.0, 1_200.0], abs=0.1)
    assert len(set(places.number.tolist())) == 3


def test_a_file_without_a_place_for_a_class_has_none_near() -> None:
    """Not an error: nobody is near, and no circles are found."""
    places = places_at([(0.0, 0.0, ["coach"], None)])
    at_m, bits = geocentric_m(np.array([LON]), np.array([LAT])), np.array([places.bit("car")], np.uint64)
    assert places.distance_m(at_m, bits, 1e6).tolist() == [np.inf]
    assert places.nearest(at_m, bits, 2)[0].tolist() == [[NOWHERE, NOWHERE]]


@settings(max_examples=40)
@given(st.lists(st.text(max_size=6), unique=True, min_size=1), st.randoms())
def test_numbers_stay_whatever_the_order_and_the_rest_of_the_file(names: list[str], random: object) -> None:
    """A terminal knows a circle by its number; a new version must not exchange them."""
    shuffled = sorted(names, key=lambda _: random.random())  # type: ignore[attr-defined]
    before = dict(zip(names, numbers_of(names).tolist(), strict=True))
    after = dict(zip(shuffled, numbers_of(shuffled).tolist(), strict=True))
    assert before == after and len(set(before.values())) == len(names) and 0 not in before.values()
    assert numbers_of(names[:1]).tolist() == [before[names[0]]]


def test_numbers_differ_where_hashes_meet() -> None:
    """Two names of one hash, as they occur among some 100,000, have different numbers, each time the same."""
    seen: dict[int, str] = {}
    pair = next(
        (seen[h], name)
        for name in map(str, range(1_000_000))
        if (h := xxhash.xxh32_intdigest(name.encode())) in seen or seen.update({h: name})  # type: ignore[func-returns-value]
    )
    assert numbers_of(pair).tolist() == numbers_of(pair[::-1]).tolist()[::-1]
    assert len(set(numbers_of(pair).tolist())) == 2


def test_the_topic_hands_on_each_version_that_is_sound(kafka: str, new_topic: Callable[..., str]) -> None:
    """What is in force at start is known at once, a new version is handed on, a bad one changes nothing."""
    connection, topic = {"bootstrap_servers": [kafka]}, new_topic(kafka)
    catalogue.publish(connection, topic, document([segment("first", 0.0)]), "first.geojson")
    follower = PlacesTopic(Tail(connection, topic))
    given: list[Places] = []
    try:
        follower.read()
        assert follower.current is not None and follower.template(follower.current).names == ["first"]
        follower.take = given.append
        bad = catalogue.Version("bad", "bad.geojson", 1, 1)
        transactions = Transactions(connection)
        transactions.commit([Message(topic, catalogue.CURRENT, msgspec.json.encode(bad), 0)])
        transactions.close()
        look_until(follower, lambda: "bad" in follower.refused)
        assert not given
        catalogue.publish(connection, topic, document([segment("second", 0.0)]), "second.geojson")
        look_until(follower, lambda: bool(given))
        assert [one.names for one in given] == [["second"]]
    finally:
        follower.close()


def look_until(follower: PlacesTopic, told: Callable[[], bool]) -> None:
    """Look at the topic until something is known of it."""
    end = time.monotonic() + 30.0
    while not told():
        assert time.monotonic() < end
        follower.look()
