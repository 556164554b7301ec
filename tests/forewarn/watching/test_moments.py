"""Moments are told in the zone of whoever watches."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from forewarn.watching.moments import Moments

SHENZHEN = Moments(timezone(timedelta(hours=8)))


@pytest.mark.parametrize("text", ["2026-03-02T22:00:01.500Z", "2026-03-02T22:00:01", "2026-03-03T00:00:01+02:00"])
def test_a_moment_is_told_in_the_zone_of_the_terminal(text: str) -> None:
    """Whatever zone it is written in; one without a zone is UTC, as all records are."""
    assert SHENZHEN.full(text) == "2026-03-03 06:00:01"
    assert (SHENZHEN.date(text), SHENZHEN.time(text)) == ("03-03", "06:00:01")


@pytest.mark.parametrize("text", ["", "soon\x1b[31m", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z"])
def test_what_is_no_moment_is_shown_as_it_stands(text: str) -> None:
    """Without control characters."""
    assert SHENZHEN.time(text) == SHENZHEN.full(text) == text.replace("\x1b", "?")
    assert SHENZHEN.date(text) == ""


def test_the_zone_is_told() -> None:
    """By its distance from UTC."""
    assert SHENZHEN.zone(1_772_431_200_000) == "UTC+0800" and Moments(UTC).zone(1_772_431_200_000) == "UTC"
    assert SHENZHEN.clock(1_772_431_200_000) == "14:00:00" and SHENZHEN.minute(1_772_431_200_000) == "14:00"
