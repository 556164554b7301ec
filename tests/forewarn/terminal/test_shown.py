"""What the panel shows of a fix: figures to be read at a glance, and whether it is night."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pytest

from alerts.cab import Ahead, View
from forewarn.terminal.shown import driven, is_night, sun_deg
from forewarn.terminal.warming import roads
from ingest.gnss import Fix, batch_of_fixes
from ingest.names import Dictionaries


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


VILLAGE = roads(seen=False).segments[0]
BATCH = batch_of_fixes([Fix(0, 114.0, 22.7, 71.6, 90.0)], [0], Dictionaries(), vehicle="V")
CLEAR = View(None, None, True, 3600.0, 10_800.0, 1200.0)


def test_figures_are_those_of_a_glance() -> None:
    """Tens of metres, tenths of a kilometre, whole minutes, never more time than there is."""
    shown = driven(CLEAR, BATCH, "zh", miles=False)
    assert (shown["speed"], shown["unit"], shown["here"], shown["ahead"]) == (72, "km/h", None, None)
    assert (shown["left_min"], shown["driven_min"], shown["driving"]) == (180, 60, True)
    assert driven(CLEAR._replace(left_s=119.9), BATCH, "zh", miles=False)["left_min"] == 1
    assert driven(CLEAR._replace(left_s=math.inf), BATCH, "zh", miles=False)["left_min"] is None
    for metres, value, unit in ((4.0, "0", "m"), (423.0, "420", "m"), (949.0, "950", "m"), (1240.0, "1.2", "km")):
        ahead = driven(CLEAR._replace(ahead=Ahead(VILLAGE, metres)), BATCH, "zh", miles=False)["ahead"]
        assert (ahead["distance"], ahead["what"], ahead["limit"]) == ({"value": value, "unit": unit}, "村庄路段", 30)
    here = driven(CLEAR._replace(here=VILLAGE), BATCH, "en", miles=False)["here"]
    assert here["what"] == "village" and here["name"] == "village"


def test_miles_where_the_profile_has_them() -> None:
    """Speed, limit and distance."""
    shown = driven(CLEAR._replace(ahead=Ahead(VILLAGE, 805.0)), BATCH, "en", miles=True)
    assert (shown["speed"], shown["unit"], shown["ahead"]["distance"]) == (44, "mph", {"value": "0.5", "unit": "mi"})
    assert shown["ahead"]["limit"] == 19


def test_an_unknown_speed_is_not_zero() -> None:
    """Nor is it shown."""
    batch = batch_of_fixes([Fix(0, 114.0, 22.7)], [0], Dictionaries(), vehicle="V")
    assert driven(CLEAR, batch, "zh", miles=False)["speed"] is None


@pytest.mark.parametrize(
    ("place", "at", "height"),
    [
        ((0.0, 51.4769), "2026-06-21T12:02:00", 90.0 - 51.4769 + 23.44),  # Greenwich, noon of the solstice
        ((0.0, 51.4769), "2026-12-21T11:58:00", 90.0 - 51.4769 - 23.44),
        ((114.2, 22.7), "2026-06-21T04:25:00", 89.3),  # Shenzhen, just south of the tropic
        ((-115.5, 32.8), "2026-03-20T20:00:00", 57.2),
    ],
)
def test_the_sun(place: tuple[float, float], at: str, height: float) -> None:
    """It stands where almanacs say."""
    assert sun_deg(*place, ms(at)) == pytest.approx(height, abs=0.4)


def test_day_and_night() -> None:
    """In Shenzhen the sun sets at 10:24 UTC at the end of February; the poles have a night of half a year."""
    told = [is_night(114.1, 22.5, ms(f"2026-02-27T{hour:02}:30:00")) for hour in range(24)]
    assert told == [11 <= hour <= 22 for hour in range(24)]
    assert {is_night(x, 89.0, ms("2026-12-21T00:00:00")) for x in np.arange(-180.0, 180.0, 30.0)} == {True}
    assert not is_night(0.0, 89.0, ms("2026-06-21T00:00:00"))
