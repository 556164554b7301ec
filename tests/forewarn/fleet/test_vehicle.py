"""A vehicle in the field: what its terminal reports, and what a text changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forewarn.fleet.vehicle import Habits, Vehicle
from forewarn.simulate.fixes import Fixes
from forewarn.simulate.fleet import Driven
from forewarn.simulate.position import place
from forewarn.simulate.roads import Roads
from forewarn.simulate.truth import passages
from tests.forewarn.fleet.stage import SEED

ORDER = "匝道限速四十，降速"
Make = Callable[..., Vehicle]


def rows(fixes: Fixes) -> list[bytes]:
    """Reports that a test can read: time, longitude, latitude and speed."""
    columns = np.column_stack((fixes.time_s, fixes.lon, fixes.lat, fixes.speed_kmh))
    return [row.tobytes() for row in columns]


def read(body: bytes) -> tuple[float, float, float, float]:
    """One report."""
    time_s, lon, lat, speed_kmh = np.frombuffer(body)
    return float(time_s), float(lon), float(lat), float(speed_kmh)


@pytest.fixture
def make(roads: Roads, drives: list[Driven]) -> Make:
    """Make the vehicle of a number, whose driver obeys or not."""

    def vehicle(number: int, obey: float = 1.0, interval_s: float = 1.0) -> Vehicle:
        return Vehicle(f"SIM-{number}", number, drives[number], Habits(roads, SEED, interval_s, obey, rows))

    return vehicle


def reported(vehicle: Vehicle, until_s: float) -> list[tuple[float, tuple[float, float, float, float]]]:
    """Take all reports that are due up to a moment, each with the moment at which it is sent."""
    found = []
    while (due_s := vehicle.due_s()) <= until_s:
        found.append((due_s, read(vehicle.take())))
    return found


def one_who_is_too_fast(make: Make, drives: list[Driven]) -> tuple[int, float]:
    """A vehicle that speeds, and a moment at which a text would make its driver brake."""
    for number in range(len(drives)):
        if drives[number].driver.manner != "speeds":
            continue
        begin_s = drives[number].legs[0][0]
        for after_s in (8.0, 16.0, 24.0):
            if make(number).hear(ORDER, True, begin_s + after_s).why == "obeyed":
                return number, begin_s + after_s
    raise AssertionError("nobody is too fast")


def test_reports_are_of_whole_seconds_in_order_and_where_the_vehicle_is(make: Make, roads: Roads) -> None:
    """Times are whole, gaps the interval's, nothing is sent before its time, and all lies by the road driven."""
    away_m: list[float] = []
    for number in range(12):
        vehicle = make(number, interval_s=5.0)
        found = reported(vehicle, 900)
        times, sent = np.array([one[0] for _, one in found]), np.array([at for at, _ in found])
        assert times.size > 10
        assert (times == np.round(times)).all()
        assert (np.diff(times) > 0).all() and (np.diff(sent) >= 0).all() and (sent >= times - 0.5).all()
        assert np.median(np.diff(times)) == pytest.approx(5, abs=1)
        begin_s, leg = vehicle.legs[0]
        inside = (times > begin_s) & (times < begin_s + leg.odometer_m.size - 1)
        metre = np.interp(times[inside] - begin_s, np.arange(leg.odometer_m.size), leg.odometer_m)
        lon, lat, _ = place(roads, leg.route, metre)
        told = np.array([one for _, one in found])[inside]
        away_m += (np.hypot((told[:, 1] - lon) * np.cos(np.radians(22.7)), told[:, 2] - lat) * 111_195).tolist()
    assert np.median(away_m) < 6


@pytest.mark.parametrize("interval_s", [1.0, 2.0])
def test_a_second_has_one_report(make: Make, interval_s: float) -> None:
    """At the least intervals too no second is reported twice, and none is left out but in outages."""
    for number in range(8):
        times = np.array([one[0] for _, one in reported(make(number, interval_s=interval_s), 300)])
        gaps = np.diff(times)
        assert (gaps >= interval_s).all() and (gaps == interval_s).mean() > 0.9


def test_the_same_driver_is_slower_after_a_text_that_he_obeys(make: Make, roads: Roads, drives: list[Driven]) -> None:
    """Up to the braking both report the same; then who obeys is at the limit, who does not goes on as planned."""
    number, heard_s = one_who_is_too_fast(make, drives)
    obeys, ignores = make(number), make(number, obey=0.0)
    before = reported(obeys, heard_s)
    assert before == reported(ignores, heard_s)
    effect, other = obeys.hear(ORDER, True, heard_s), ignores.hear(ORDER, True, heard_s)
    assert (effect.why, other.why) == ("obeyed", "disobeyed")
    assert effect.speed_kmh == other.speed_kmh > 45
    assert effect.driven_kmh < 41 < effect.planned_kmh - 5 and np.isnan(other.planned_kmh)
    assert obeys.lowest_kmh(heard_s, effect.until_s) <= 40.01
    entered = [passages(roads, one.legs[0][1], one.legs[0][0])[0] for one in (obeys, ignores)]
    assert entered[0].entry_kmh < 40.1 and entered[1].entry_kmh > 42
    assert entered[0].entered_s > entered[1].entered_s + 3
    slow, fast = reported(obeys, 900), reported(ignores, 900)
    reacts_s = heard_s + 2.0 + 0.3 * 8
    for (at, one), (_, same) in zip(slow, fast, strict=False):
        assert one == same or one[0] > reacts_s
        assert at >= one[0] - 0.5
    late = [one for _, one in slow if effect.until_s - 5 < one[0] <= effect.until_s - 1]
    assert late and max(one[3] for one in late) < 45


def test_what_follows_is_later_by_what_was_lost(make: Make, drives: list[Driven]) -> None:
    """The legs behind keep their drives and begin later; reports come in order over all of them."""
    number, heard_s = one_who_is_too_fast(make, drives)
    vehicle = make(number)
    reported(vehicle, heard_s)
    planned = list(vehicle.legs)
    vehicle.hear(ORDER, True, heard_s)
    lost_s = vehicle.legs[0][1].odometer_m.size - planned[0][1].odometer_m.size
    assert lost_s > 3
    for (begin_s, leg), (planned_s, same) in zip(vehicle.legs[1:], planned[1:], strict=True):
        assert begin_s == planned_s + lost_s and leg is same
    sent = [at for at, _ in reported(vehicle, 2000)]
    assert sent == sorted(sent)


def test_reports_that_were_not_sent_yet_follow_the_new_drive(make: Make, drives: list[Driven]) -> None:
    """Also where the text comes when all reports of the leg have been sent, as at a long interval."""
    number, heard_s = one_who_is_too_fast(make, drives)
    vehicle = make(number, interval_s=300.0)
    for _ in range(3):
        if np.isfinite(vehicle.due_s()):
            vehicle.take()
    assert vehicle.hear(ORDER, True, heard_s).why == "obeyed"
    found = [one for _, one in reported(vehicle, 900)]
    begins = [begin_s for begin_s, _ in vehicle.legs]
    assert all(any(begin - 1 <= one[0] for begin in begins) for one in found)
    assert [one[0] for one in found] == sorted({one[0] for one in found})


def test_a_text_that_is_not_read_aloud_slows_nobody(make: Make, drives: list[Driven]) -> None:
    """It is noted, and the drive goes on as planned."""
    number, heard_s = one_who_is_too_fast(make, drives)
    vehicle = make(number)
    planned = list(vehicle.legs)
    assert vehicle.hear(ORDER, False, heard_s).why == "not_read_aloud"
    assert vehicle.legs == planned


def test_who_stands_or_is_off_the_roads_has_nothing_to_obey(make: Make, drives: list[Driven]) -> None:
    """Before the first leg, and between two."""
    vehicle = make(0)
    begin_s, leg = vehicle.legs[0]
    assert vehicle.hear(ORDER, True, begin_s - 1.0).why == "stands"
    assert vehicle.hear(ORDER, True, begin_s + leg.odometer_m.size + 1.0).why == "stands"


def test_a_text_about_nothing_on_the_way_slows_nobody(make: Make, drives: list[Driven]) -> None:
    """Behind the ramp there is no place any more."""
    for number in range(10):
        vehicle = make(number)
        begin_s, leg = vehicle.legs[0]
        behind = np.flatnonzero((leg.odometer_m > leg.route.enter_m[-1] + 20) & (leg.speed_ms > 1))
        if leg.route.stretch[-1] == 3 and behind.size:
            assert vehicle.hear(ORDER, True, begin_s + float(behind[0])).why == "no_place"
            return
    raise AssertionError("nobody has driven on")


def test_a_text_that_orders_nothing_about_the_speed_slows_nobody(make: Make, drives: list[Driven]) -> None:
    """Such as one about a rest."""
    number, heard_s = one_who_is_too_fast(make, drives)
    vehicle = make(number)
    planned = list(vehicle.legs)
    assert vehicle.hear("您已连续驾驶三个半小时，请停车休息", True, heard_s).why == "no_order"
    assert vehicle.legs == planned


def test_obeying_is_a_share_of_the_drivers(make: Make) -> None:
    """Nobody at 0, all at 1, and those who obey at a share obey at a larger one too."""
    some = {n for n in range(40) if make(n, obey=0.4).obeys}
    more = {n for n in range(40) if make(n, obey=0.8).obeys}
    assert not any(make(n, obey=0.0).obeys for n in range(40)) and all(make(n, obey=1.0).obeys for n in range(40))
    assert some < more and 8 < len(some) < 24 and 26 < len(more) < 38


def test_the_platform_can_ask_for_faster_reports(make: Make) -> None:
    """For a while every two seconds, then at its own interval again; asked with 0 it ends at once."""
    vehicle = make(1, interval_s=10.0)
    begin_s = vehicle.legs[0][0]
    reported(vehicle, begin_s + 5)
    vehicle.track(begin_s + 5, 2, 20)
    times = np.array([one[0] for _, one in reported(vehicle, begin_s + 60)])
    fast = times[(times > begin_s + 5) & (times <= begin_s + 25)]
    assert fast.size >= 8 and np.median(np.diff(fast)) == 2
    assert np.median(np.diff(times[times > begin_s + 25])) == pytest.approx(10, abs=1)
    vehicle = make(1, interval_s=10.0)
    vehicle.track(begin_s, 2, 60)
    vehicle.track(begin_s + 1, 0, 0)
    assert np.median(np.diff([one[0] for _, one in reported(vehicle, begin_s + 60)])) == pytest.approx(10, abs=1)
