"""Reports of positions written a column at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt808.codec import decode_body
from ingest.jt808.moments import bcd_moments, moments_ms
from ingest.jt808.reports import Reports, report_bodies

FIRST_MS, LAST_MS = 946_656_000_000, 4_102_415_999_999
"""The years that two digits can tell: 2000 to 2099 in GMT+8."""
times = st.lists(st.integers(FIRST_MS, LAST_MS), min_size=1, max_size=20)
LOCATED = 2


@given(times)
def test_a_time_that_is_written_is_read_as_its_second(made: list[int]) -> None:
    """All times of the century, leap days among them; what is less than a second is cut off."""
    time_ms = np.array(made, np.int64)
    np.testing.assert_array_equal(moments_ms(bcd_moments(time_ms)), time_ms // 1000 * 1000)


@pytest.mark.parametrize("time_ms", [FIRST_MS - 1, LAST_MS + 1])
def test_a_year_of_another_century_is_refused(time_ms: int) -> None:
    """Two digits cannot tell it."""
    with pytest.raises(ValueError, match="year"):
        bcd_moments(np.array([time_ms], np.int64))


@given(
    st.lists(
        st.tuples(
            st.integers(FIRST_MS, LAST_MS),
            st.floats(-180, 180),
            st.floats(-90, 90),
            st.floats(0, 250),
            st.floats(0, 359.4),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_positions_that_are_written_are_read_as_they_were(made: list[tuple[int, float, float, float, float]]) -> None:
    """Within the units of the report: a millionth of a degree, a tenth of km/h, a degree, a second."""
    columns = [np.array(column) for column in zip(*made, strict=True)]
    reports = Reports()
    for k, body in enumerate(report_bodies(columns[0].astype(np.int64), *columns[1:], LOCATED)):
        reports.add(body, k, -1, 0, history=False)
    rows, shifted, alarm = reports.take()
    np.testing.assert_array_equal(rows["time_ms"], columns[0] // 1000 * 1000)
    for name, column, unit in zip(("lon", "lat", "speed_kmh"), columns[1:4], (1e-6, 1e-6, 0.1), strict=True):
        np.testing.assert_allclose(rows[name], column, atol=0.51 * unit)
    np.testing.assert_allclose(rows["heading_deg"], columns[4], atol=0.51)
    assert rows["valid"].all() and not shifted.any() and not alarm.any()


def test_a_report_is_that_of_the_standard() -> None:
    """The one message codec reads it, in words."""
    one = (np.array([x]) for x in (1_772_431_200_000, -114.25, -22.5, 63.44, 359.8))
    (body,) = report_bodies(*one, LOCATED)
    told = decode_body(0x0200, body, 2013).body
    assert told == {
        "alarm": [],
        "status": ["located", "south", "west"],
        "latitude_deg": -22.5,
        "longitude_deg": -114.25,
        "altitude_m": 0,
        "speed_kmh": 63.4,
        "direction_deg": 0,
        "time": "2026-03-02T06:00:00Z",
        "items": [],
    }
