"""The local metric plane."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geofence.plane import metres_per_degree, metres_per_degree_columns, offset_m, step_lengths_m, wrapped

GEOD = Geod(ellps="WGS84")


@given(st.floats(-70.0, 70.0), st.floats(-180.0, 180.0), st.floats(0.0, 360.0), st.floats(1.0, 3000.0))
def test_distance_is_right_to_a_thousandth(lat: float, lon: float, azimuth: float, distance_m: float) -> None:
    """Within 3 km and 70 degrees of latitude, across 180 degrees too, the geodesic is met within 0.1 per cent."""
    lon_to, lat_to, _ = GEOD.fwd(lon, lat, azimuth, distance_m)
    assert math.hypot(*offset_m(lon, lat, lon_to, lat_to)) == pytest.approx(distance_m, rel=1e-3)
    steps = step_lengths_m(np.array([lon, lon_to]), np.array([lat, lat_to]))
    assert steps[0] == pytest.approx(distance_m, rel=1e-3)


@given(st.floats(-70.0, 70.0), st.floats(-179.0, 179.0), st.floats(0.0, 360.0), st.floats(1.0, 3000.0))
def test_offset_has_the_right_direction(lat: float, lon: float, azimuth: float, distance_m: float) -> None:
    """East and north agree with an azimuthal projection centred at the place, within 0.1 per cent of the distance."""
    lon_to, lat_to, _ = GEOD.fwd(lon, lat, azimuth, distance_m)
    plane = Transformer.from_crs("EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon}", always_xy=True)
    assert offset_m(lon, lat, lon_to, lat_to) == pytest.approx(plane.transform(lon_to, lat_to), abs=1e-3 * distance_m)


def test_columns_and_single_values_agree() -> None:
    """The column form gives what the compiled form gives."""
    lat = np.linspace(-90.0, 90.0, 37)
    single = np.array([metres_per_degree(x) for x in lat])
    np.testing.assert_allclose(np.column_stack(metres_per_degree_columns(lat)), single, atol=1e-6)


@pytest.mark.parametrize(("degrees", "expected"), [(0, 0), (180, 180), (-180, -180), (181, -179), (-359, 1), (359, -1)])
def test_differences_go_the_short_way_round(degrees: float, expected: float) -> None:
    """A difference of longitudes is brought to -180 to 180."""
    assert wrapped(float(degrees)) == expected
