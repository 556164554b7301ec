"""The Chinese map datums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geofence.datum import FROM_WGS84, TO_WGS84, bd09_of, bd09_to_wgs84, gcj02_of, gcj02_to_wgs84

GEOD = Geod(ellps="WGS84")

PUBLISHED = [  # WGS-84 and GCJ-02, latitude first, as in the published reprints of the formula
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
]


@pytest.mark.parametrize(("lat", "lon", "lat_gcj", "lon_gcj"), PUBLISHED)
def test_gcj02_is_the_published_formula(lat: float, lon: float, lat_gcj: float, lon_gcj: float) -> None:
    """Shanghai, Shenzhen and Beijing come out where the published reprints put them."""
    at_lon, at_lat = gcj02_of(lon, lat)
    assert (float(at_lon), float(at_lat)) == pytest.approx((lon_gcj, lat_gcj), abs=1e-8)


@given(st.floats(72.1, 137.7), st.floats(0.9, 55.7), st.sampled_from(["wgs84", "gcj02", "bd09"]))
def test_there_and_back_is_the_same_place(lon: float, lat: float, datum: str) -> None:
    """Inside China every datum converts back to within half a metre."""
    there = FROM_WGS84[datum](np.array([lon]), np.array([lat]))
    back = TO_WGS84[datum](*there)
    assert GEOD.inv(lon, lat, back[0][0], back[1][0])[2] < 0.5


@given(st.floats(73.5, 134.7), st.floats(18.2, 53.5))
def test_the_shift_is_that_of_a_city_block_or_two(lon: float, lat: float) -> None:
    """GCJ-02 lies within 1 km of WGS-84, BD-09 within 1 km of GCJ-02 and never on it."""
    gcj, bd = gcj02_of(lon, lat), bd09_of(lon, lat)
    assert GEOD.inv(lon, lat, *map(float, gcj))[2] < 1000.0
    assert 300.0 < GEOD.inv(*map(float, gcj), *map(float, bd))[2] < 1500.0


@pytest.mark.parametrize("convert", [gcj02_of, gcj02_to_wgs84, bd09_of, bd09_to_wgs84])
def test_outside_china_nothing_moves(convert) -> None:  # type: ignore[no-untyped-def]
    """Porto, Munich, Los Angeles, Sydney and both sides of the 180th meridian stay where they are."""
    lon = np.array([-8.61, 11.58, -118.2, 151.2, 180.0, -180.0])
    lat = np.array([41.15, 48.14, 34.05, -33.9, -17.0, 65.0])
    at_lon, at_lat = convert(lon, lat)
    np.testing.assert_array_equal(at_lon, lon)
    np.testing.assert_array_equal(at_lat, lat)


@pytest.mark.parametrize("convert", [*TO_WGS84.values(), *FROM_WGS84.values()])
def test_columns_keep_their_shape_and_their_gaps(convert) -> None:  # type: ignore[no-untyped-def]
    """NaN stays NaN beside a place that converts, and an empty column stays empty."""
    lon, lat = convert(np.array([np.nan, 114.0]), np.array([22.0, 22.5]))
    assert np.isnan(lon[0])
    assert np.isfinite(lon[1])
    assert np.isfinite(lat[1])
    assert convert(np.empty(0), np.empty(0))[0].shape == (0,)
