"""A table of times: text in, UTC out."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.positions import UNKNOWN_MS
from ingest.times import EARLIEST_MS, LATEST_MS, iso, read_times
from tests.ingest.reading import ms

AT = "2024-01-05T08:30:15"
SAME = [
    "2024-01-05T08:30:15Z",
    "2024-01-05t08:30:15z",
    " 2024-01-05 08:30:15 ",
    '"2024-01-05 08:30:15"',
    "2024-01-05 08:30:15+00:00",
    "2024-01-05T16:30:15+0800",
    "2024-01-05T16:30:15.000 +08",
    "2024-01-05 04:00:15 -04:30",
    "2024-01-05 08:30:15 UTC",
    "2024-01-05 08:30:15 GMT",
    "2024/1/5 8:30:15",
    "2024.01.05 08:30:15",
    "2024年1月5日 8时30分15秒",
    "2024年01月05日08时30分15秒",
    "2024年1月5日 08:30:15",
    "20240105083015",
    "240105083015",
    "20240105T083015Z",
    "20240105 08:30:15",
    "1704443415",
    "1704443415.0",
    "1704443415000",
    "1704443415000000",
    "1704443415000000000",
]
BAD = [
    "yesterday",
    "2024-13-05 08:30:15",
    "2023-02-29 08:30:15",
    "2024-01-05 25:30:15",
    "2024-01-05 08:61:15",
    "2024-01-05 08:30:15 EST",
    "2024-01-05 08:30:15+99:00",
    "05/01/2024 08:30:15",
    "2024",
    "12345",
    "1.5e9",
    "1970-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "2024-01",
    "2024-01-05 08:30:15Zulu",
    "99999999999999999999999",
    "。",
]


def of(*texts: str | None, tz: str = "UTC") -> list[int]:
    """Read texts as one column."""
    return read_times(pl.Series(texts, dtype=pl.String), tz)[0].tolist()


@pytest.mark.parametrize("text", SAME)
def test_one_moment_in_many_forms(text):
    """All of these are the same second."""
    assert of(text) == [ms(AT)]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_time_is_unknown(text):
    """And never an error, nor a guess."""
    assert of(text, AT + "Z") == [UNKNOWN_MS, ms(AT)]


def test_forms_may_change_from_row_to_row():
    """Nothing is concluded from one row for the next."""
    assert of(*SAME, None, "") == [ms(AT)] * len(SAME) + [UNKNOWN_MS] * 2


def test_fractions_and_short_forms():
    """Milliseconds are kept, finer digits cut off; a date without a clock is midnight."""
    assert of("2024-01-05T08:30:15.2507Z", "1704443415.25") == [ms(AT + ".250")] * 2
    assert of("2024-01-05", "2024-01-05 24:00:00") == [ms("2024-01-05"), ms("2024-01-06")]
    assert of("2024-01-05 08:30") == [ms("2024-01-05T08:30")]


def test_naive_times_take_the_zone_given_and_are_said_to_be_naive():
    """Summer time included; a zone in the text goes before."""
    column = pl.Series(["2024-01-05 08:30:15", "2024-07-05 08:30:15", "2024-01-05 08:30:15Z"])
    got, naive = read_times(column, "Europe/Berlin")
    assert got.tolist() == [ms("2024-01-05T07:30:15"), ms("2024-07-05T06:30:15"), ms(AT)]
    assert naive.tolist() == [True, True, False]


def test_local_times_that_do_not_exist_are_unknown():
    """What the clock change skips was no time; what it repeats is taken as the first."""
    assert of("2024-03-31 02:30:00", "2024-10-27 02:30:00", tz="Europe/Berlin") == [
        UNKNOWN_MS,
        ms("2024-10-27T00:30:00"),
    ]


def test_numbers_and_datetimes():
    """Columns that are typed already."""
    assert read_times(pl.Series([1704443415, None]), "UTC")[0].tolist() == [ms(AT), UNKNOWN_MS]
    assert read_times(pl.Series([1704443415000.0, np.nan]), "UTC")[0].tolist() == [ms(AT), UNKNOWN_MS]
    naive = pl.Series([datetime(2024, 1, 5, 16, 30, 15)])  # naive on purpose
    assert read_times(naive, "Asia/Shanghai")[0].tolist() == [ms(AT)]


def test_a_pattern_of_ones_own():
    """Day first cannot be told from month first, so it has to be said."""
    got, naive = read_times(pl.Series(["05/01/2024 08:30:15", "x"]), "UTC", "%d/%m/%Y %H:%M:%S")
    assert got.tolist() == [ms(AT), UNKNOWN_MS]
    assert naive.tolist() == [True, False]


@given(st.datetimes(datetime(1981, 1, 1), datetime(2099, 1, 1)))  # bounds are naive by contract
def test_every_date_agrees_with_the_calendar(moment):
    """Against Python's own calendar, to the millisecond."""
    expected = int(moment.replace(tzinfo=UTC).timestamp()) * 1000 + moment.microsecond // 1000
    assert of(moment.isoformat() + "Z") == [expected]
    assert iso(expected) == moment.isoformat(timespec="milliseconds") + "Z"


@given(st.lists(st.text(max_size=30)))
def test_any_text_is_read_without_a_crash(texts):
    """Each row is a time in range or unknown."""
    got = read_times(pl.Series(texts, dtype=pl.String), "Asia/Shanghai")[0]
    assert all(t == UNKNOWN_MS or EARLIEST_MS <= t <= LATEST_MS for t in got.tolist())
