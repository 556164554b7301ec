"""Fixes in the store: columns in, each once, the newest of each vehicle, and removal in portions."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest

from forewarn.console.store import Store, positions
from forewarn.console.store.positions import Fix
from tests.forewarn.console.making import T0

NAN = float("nan")


def _put(store: Store, *fixes: Fix) -> int:
    columns: list[Sequence[object]] = [list(column) for column in zip(*fixes, strict=True)]
    numbers = [np.array([NAN if one is None else one for one in column], float) for column in columns[2:6]]
    with store.begin() as c:
        return positions.put(
            c,
            vehicles=[fix.vehicle for fix in fixes],
            time_ms=np.array([fix.time_ms for fix in fixes]),
            lon=numbers[0],
            lat=numbers[1],
            speed_kmh=numbers[2],
            heading_deg=numbers[3],
            drivers=[fix.driver for fix in fixes],
        )


def _fix(vehicle: str = "v1", time_ms: int = T0, lon: float = 121.123456789, **fields: float | str | None) -> Fix:
    return Fix(vehicle, time_ms, lon, 31.2, 71.5, 359.9, None)._replace(**fields)


def test_fixes_come_back_as_they_were(store: Store) -> None:
    """To the last digit, in order of time, unknown as None, whatever a vehicle or driver is called."""
    fixes = [
        _fix(time_ms=T0 + 2, speed_kmh=None, heading_deg=None),
        _fix(time_ms=T0, driver="王'; --"),
        _fix(time_ms=T0 + 1, lon=-0.1 - 0.2),
        _fix("x'\"\\", T0),
    ]
    assert _put(store, *fixes) == 4
    with store.read() as c:
        assert positions.of_vehicle(c, "v1", T0) == [fixes[1], fixes[2], fixes[0]]
        assert positions.of_vehicle(c, "v1", T0 + 1) == [fixes[2], fixes[0]]
        assert positions.of_vehicle(c, "v1", T0, limit=2) == [fixes[2], fixes[0]]
        assert positions.of_vehicle(c, "x'\"\\", T0) == [fixes[3]]
        assert positions.of_vehicle(c, "v9", T0) == []


def test_what_no_database_holds_in_a_name_spoils_nothing(store: Store) -> None:
    """A NUL in a name is replaced, and the vehicle is found by the same name."""
    name = "v\x00"
    assert _put(store, _fix(name, driver=name), _fix("v2")) == 2
    with store.read() as c:
        assert len(positions.of_vehicle(c, name, T0)) == 1
        assert len(positions.newest(c)) == 2


def test_a_fix_is_kept_once(store: Store) -> None:
    """The same vehicle and time again, in one portion or a later one, is dropped; the first stands."""
    assert _put(store, _fix(lon=1.0), _fix(lon=2.0), _fix("v2")) == 2
    assert _put(store, _fix(lon=3.0), _fix(time_ms=T0 + 1)) == 1
    with store.read() as c:
        assert [fix.lon for fix in positions.of_vehicle(c, "v1", T0)] == [1.0, 121.123456789]


def test_the_newest_moves_on_only(store: Store) -> None:
    """A vehicle's newest is its latest fix, in whatever order they come."""
    _put(store, _fix(time_ms=T0 + 5, lon=5.0), _fix(time_ms=T0 + 9, lon=9.0), _fix(time_ms=T0 + 7, lon=7.0))
    _put(store, _fix(time_ms=T0 + 8, lon=8.0), _fix("v2", driver="d"))
    with store.read() as c:
        assert [(fix.vehicle, fix.lon, fix.driver) for fix in positions.newest(c)] == [
            ("v1", 9.0, None),
            ("v2", 121.123456789, "d"),
        ]
    _put(store, _fix(time_ms=T0 + 10, lon=10.0, speed_kmh=None))
    with store.read() as c:
        assert positions.newest(c)[0] == _fix(time_ms=T0 + 10, lon=10.0, speed_kmh=None)


def test_columns_that_do_not_fit_are_refused(store: Store) -> None:
    """Columns of different lengths and a position that is nowhere are the caller's mistake; nothing is written."""
    one = np.zeros(1)
    good = {"time_ms": np.array([T0]), "lon": one, "lat": one, "speed_kmh": one, "heading_deg": one}
    with pytest.raises(ValueError, match="lengths"), store.begin() as c:
        positions.put(c, vehicles=["a", "b"], drivers=[None], **good)
    with pytest.raises(ValueError, match="finite"), store.begin() as c:
        positions.put(c, vehicles=["a"], drivers=[None], **{**good, "lon": np.array([NAN])})
    with store.begin() as c:
        none = {key: value[:0] for key, value in good.items()}
        assert positions.put(c, vehicles=[], drivers=[], **none) == 0
        assert positions.newest(c) == []


def test_old_fixes_go_in_portions(store: Store) -> None:
    """Up to so many at a time, and the newest of a vehicle that has been silent since; what is younger stays."""
    _put(store, *(_fix(time_ms=T0 + n) for n in range(10)), _fix("silent", T0))
    removed = []
    for _ in range(4):
        with store.begin() as c:
            removed.append(positions.remove_old(c, T0 + 8, most=4))
    assert removed == [4 + 1, 4, 1, 0]
    with store.read() as c:
        assert [fix.time_ms for fix in positions.of_vehicle(c, "v1", 0)] == [T0 + 8, T0 + 9]
        assert [fix.vehicle for fix in positions.newest(c)] == ["v1"]


def test_a_fleets_minute_is_kept_at_once(store: Store) -> None:
    """20,000 fixes of 10,000 vehicles take a fraction of a second (0.2 s and 0.5 s measured; 3 s on a busy machine)."""
    count = 20_000
    vehicles = [f"沪A{n % 10_000:05d}" for n in range(count)]
    values = np.linspace(1.0, 89.0, count)
    began = time.perf_counter()
    with store.begin() as c:
        new = positions.put(
            c,
            vehicles=vehicles,
            time_ms=T0 + np.arange(count),
            lon=values,
            lat=values,
            speed_kmh=values,
            heading_deg=values,
            drivers=[None] * count,
        )
    assert new == count
    assert time.perf_counter() - began < 3.0
    with store.read() as c:
        assert len(positions.newest(c)) == 10_000
