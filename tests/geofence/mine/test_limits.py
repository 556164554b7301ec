"""Limits: from the map's own tags first, else from the table of countries, kinds and classes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import geofence.mine.limits
from geofence.mine.limits import limit, mapped_limit, parse_limit

TABLE = tomllib.loads(Path(geofence.mine.limits.__file__).with_name("limits.toml").read_text("utf-8"))
COUNTRIES = ("CN", "PT", "DE", "US", "BR", "GB", "ANY")
KINDS = ("ramp", "unsignalled_crossing", "level_crossing", "village_road")


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50.0),
        ("50 mph", 80.5),
        ("50mph", 80.5),
        ("60 km/h", 60.0),
        ("walk", 7.0),
        ("DE:walk", 7.0),
        ("DE:urban", 50.0),
        ("DE:zone30", 30.0),
        ("DE:zone:30", 30.0),
        ("GB:nsl_single", 80.5),
        ("RO:urban", 50.0),
        ("50;70", 50.0),
        ("50; signals", 50.0),
        ("signals", None),
        ("none", None),
        ("variable", None),
        ("0", None),
        ("999", None),
        ("fifty", None),
        ("-30", None),
        ("", None),
    ],
)
def test_value_of_maxspeed(value: str, kmh: float | None) -> None:
    """Every form of ``maxspeed`` gives its km/h, and what is no figure gives none."""
    assert parse_limit(value) == kmh


def test_map_goes_before_the_table() -> None:
    """A ramp with a limit in the map has that one and says so."""
    assert limit("CN", "ramp", "motorway_link", {"maxspeed": "50"}) == (50.0, "osm:maxspeed")


def test_table_where_the_map_is_silent() -> None:
    """A ramp without a limit in the map takes that of its country and class."""
    assert limit("CN", "ramp", "motorway_link", {}) == (40.0, "default:CN:ramp:motorway_link")


def test_miles_in_the_table() -> None:
    """Figures of countries that post miles come out as km/h."""
    assert limit("US", "ramp", "motorway_link", {}) == (56.3, "default:US:ramp:motorway_link")


@pytest.mark.parametrize("country", [None, "FR", "xx"])
def test_unknown_country(country: str | None) -> None:
    """A country without a table, and no country, take the fallback."""
    assert limit(country, "village_road", "primary", {}) == (50.0, "default:ANY:village_road:primary")


def test_unknown_kind() -> None:
    """A kind that the table does not know has no limit but the map's."""
    assert limit("CN", "school", "primary", {}) == (None, None)
    assert limit("CN", "school", "primary", {"maxspeed": "30"}) == (30.0, "osm:maxspeed")


def test_truck_limit_counts_where_lower() -> None:
    """The limit for trucks is taken where it is below the general one, never above."""
    assert mapped_limit("US", {"maxspeed": "65 mph", "maxspeed:hgv": "55 mph"}) == (88.5, "osm:maxspeed:hgv")
    assert mapped_limit("US", {"maxspeed": "50 mph", "maxspeed:hgv": "55 mph"}) == (80.5, "osm:maxspeed")


def test_conditional_limits_are_left_out() -> None:
    """A limit that holds at times only does not count."""
    tags = {"maxspeed:conditional": "30 @ (22:00-06:00)", "maxspeed:hgv:conditional": "60 @ (wet)"}
    assert mapped_limit("DE", tags) is None


def test_limit_of_the_direction_driven() -> None:
    """A limit for one direction counts only for those who drive in it."""
    tags = {"maxspeed": "70", "maxspeed:backward": "50"}
    assert mapped_limit("DE", tags, forward=True) == (70.0, "osm:maxspeed")
    assert mapped_limit("DE", tags, forward=False) == (50.0, "osm:maxspeed:backward")


def test_zone_without_figure() -> None:
    """A zone tells the limit where ``maxspeed`` does not."""
    assert mapped_limit("PT", {"source:maxspeed": "PT:urban"}) == (50.0, "osm:source:maxspeed")


def test_level_crossing_holds_below_the_road() -> None:
    """In China 30 holds at a level crossing whatever the road allows, and less where it allows less."""
    assert limit("CN", "level_crossing", "primary", {"maxspeed": "60"})[0] == 30.0
    assert limit("CN", "level_crossing", "primary", {"maxspeed": "20"}) == (20.0, "osm:maxspeed")


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_has_a_figure_and_a_source(country: str, kind: str) -> None:
    """Each country has each kind, a row for all other classes, and a source in words by every figure."""
    rows = TABLE[country][kind]
    assert "other" in rows
    for figure, source in rows.values():
        assert 5 <= figure <= 80
        assert source == "assumed" or len(source) > 10
