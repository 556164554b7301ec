"""Reading coordinates from their JSON text."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.coordinates import read_coordinates

NUMBERS = st.one_of(
    st.floats(-180.0, 180.0),
    st.integers(-180, 180),
    st.floats(-180.0, 180.0).map(lambda x: round(x, 7)),
    st.floats(-1e12, 1e12),
)
LINES = st.lists(st.lists(NUMBERS, min_size=2, max_size=4), max_size=5)


@given(st.lists(LINES, max_size=5), st.sampled_from([None, 1, "\t"]))
def test_numbers_are_those_of_a_json_reader(lines: list[list[list[float]]], indent: str | int | None) -> None:
    """Any notation and white space gives what the standard reader gives, exactly up to 15 digits."""
    texts = [json.dumps(line, indent=indent).encode() for line in lines]
    vertices = read_coordinates(texts, np.zeros(len(texts), np.bool_))
    assert vertices is not None
    assert vertices.count.tolist() == [len(line) for line in lines]
    flat = [vertex for line in lines for vertex in line]
    np.testing.assert_allclose(vertices.lon, [v[0] for v in flat], rtol=4e-15, atol=1e-280)
    np.testing.assert_allclose(vertices.lat, [v[1] for v in flat], rtol=4e-15, atol=1e-280)
    for number, read in zip([v[0] for v in flat], vertices.lon.tolist(), strict=True):
        if "e" not in repr(number) and len(repr(number).replace("-", "").replace(".", "")) <= 15:
            assert read == number


@pytest.mark.parametrize(
    "text", [b"1", b"[1,2]", b"[[1]]", b"[[1,2,3,4,5]]", b"[[1,[2]]]", b'[["1",2]]', b"[[1,null]]", b"{}", b"[[[1,2]]]"]
)
def test_what_is_no_list_of_vertices_is_refused(text: bytes) -> None:
    """Anything but lists of two to four numbers is refused as a whole."""
    assert read_coordinates([b"[[1,2],[3,4]]", text], np.zeros(2, np.bool_)) is None


def test_a_point_is_written_twice() -> None:
    """A Point has one vertex in the text and two in the columns."""
    vertices = read_coordinates([b"[ 1.5 , -2e1, 7 ]", b"[[3,4],[5,6]]"], np.array([True, False]))
    assert vertices is not None
    assert (vertices.lon.tolist(), vertices.lat.tolist()) == ([1.5, 1.5, 3.0, 5.0], [-20.0, -20.0, 4.0, 6.0])
