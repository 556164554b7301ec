"""Every reason of the screen: what is refused, and beside it what looks alike and must pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.errors import BadOption
from ingest.faults import REASONS
from ingest.files import ReadOptions, open_history
from ingest.positions import LINES
from ingest.screen import Screen, ScreenSettings
from tests.ingest.drives import Fix, batch, drive, place, screened

STEADY = drive(12)


def with_fix(at: int, fix: Fix) -> list[Fix]:
    """A steady drive in which one fix is another."""
    return [*STEADY[:at], fix, *STEADY[at + 1 :]]


def all_but(*lines: int) -> list[int]:
    """The lines of the steady drive without some."""
    return [n for n in range(1, len(STEADY) + 1) if n not in lines]


def test_a_clean_drive_passes_whole():
    """In order, every column as it was."""
    got = screened(STEADY)
    assert got.lines == all_but()
    assert got.rejects == []
    assert {row[:2] for row in got.rows} == {("A", "D")}
    assert {row[-1] for row in got.rows} == {36.0}


@pytest.mark.parametrize(
    ("reason", "fix"),
    [
        ("no_fix", STEADY[5]._replace(valid=False)),
        ("zero", STEADY[5]._replace(lonlat=(0.0, 0.0))),
        ("zero", STEADY[5]._replace(lonlat=(-0.0005, 0.0005))),
        ("swapped", STEADY[5]._replace(lonlat=(22.5, 113.5))),
        ("swapped", STEADY[5]._replace(lonlat=(22.5, -113.5))),
        ("out_of_range", STEADY[5]._replace(lonlat=(113.5, 95.0))),
        ("duplicate", STEADY[4]),
        ("duplicate", STEADY[4]._replace(north_m=9_999)),
        ("teleport", STEADY[5]._replace(north_m=50_000)),
        ("teleport", STEADY[5]._replace(north_m=STEADY[5].north_m + 1_000)),
        ("teleport", STEADY[5]._replace(lonlat=(113.5, 0.0))),
        ("future", STEADY[5]._replace(s=100_000)),
        ("future", STEADY[5]._replace(received_s=STEADY[5].s - 121)),
    ],
)
def test_one_bad_fix_is_refused_and_the_rest_pass(reason, fix):
    """It is named, and never locks out those behind it."""
    got = screened(with_fix(5, fix))
    assert got.rejects == [(reason, 6)]
    assert got.lines == all_but(6)


@pytest.mark.parametrize(
    "fix",
    [
        STEADY[5]._replace(lonlat=(113.5, 22.5)),
        STEADY[5]._replace(received_s=STEADY[5].s - 119),
        STEADY[5]._replace(received_s=STEADY[5].s + 90_000),
        STEADY[5]._replace(north_m=STEADY[5].north_m + 60),
        STEADY[5]._replace(kmh=float("nan")),
        STEADY[5]._replace(kmh=0.0),
    ],
)
def test_what_only_looks_odd_passes(fix):
    """A small clock difference, long delay, usual noise, no speed."""
    got = screened(with_fix(5, fix))
    assert got.rejects == []
    assert got.lines == all_but()


def test_coordinates_swapped_within_range_are_named_and_not_corrected():
    """At 41.1 N, 8.6 W a swap is a place on earth too; it fits only this vehicle's own past."""
    fixes = [f._replace(lonlat=(-8.6, 41.1 + i * 0.0009)) for i, f in enumerate(STEADY)]
    fixes[5] = fixes[5]._replace(lonlat=(41.1045, -8.6))
    got = screened(fixes)
    assert got.rejects == [("swapped", 6)]
    assert all(row[4] == -8.6 for row in got.rows)


@pytest.mark.parametrize("bad", [1, 2, 3])
def test_an_excursion_that_comes_back_is_refused(bad):
    """Up to three fixes in a row, as real receivers do it."""
    fixes = list(STEADY)
    for i in range(5, 5 + bad):
        fixes[i] = fixes[i]._replace(east_m=20_000)
    got = screened(fixes)
    assert got.rejects == [("teleport", i + 1) for i in range(5, 5 + bad)]
    assert got.lines == all_but(*range(6, 6 + bad))


def test_a_bad_first_fix_does_not_lock_out_the_good():
    """When the others agree with each other they are the truth."""
    got = screened(with_fix(0, STEADY[0]._replace(lonlat=(10.0, 50.0))))
    assert got.rejects == []
    assert got.lines == all_but()


def test_after_a_true_jump_the_new_place_is_believed():
    """A truck whose outage the clock does not show goes on elsewhere: nothing of it is lost."""
    fixes = [f._replace(east_m=30_000) if i >= 6 else f for i, f in enumerate(STEADY)]
    got = screened(fixes)
    assert got.rejects == []
    assert got.lines == all_but()


def test_wild_fixes_each_elsewhere_are_refused():
    """Not one of them is confirmed by its neighbours."""
    fixes = list(STEADY)
    for i, east_m in ((4, 30_000), (5, -40_000), (6, 90_000)):
        fixes[i] = fixes[i]._replace(east_m=east_m)
    got = screened(fixes)
    assert got.rejects == [("teleport", 5), ("teleport", 6), ("teleport", 7)]
    assert got.lines == all_but(5, 6, 7)


def test_a_gap_is_no_teleport():
    """A ferry or a day without coverage: the speed is that over the gap."""
    fixes = [f._replace(s=f.s + 7200, north_m=f.north_m + 300_000) if i >= 6 else f for i, f in enumerate(STEADY)]
    got = screened(fixes)
    assert got.rejects == []
    assert got.lines == all_but()


def test_parking_for_days_is_no_future():
    """The next fix confirms the time."""
    fixes = [f._replace(s=f.s + 300_000) if i >= 6 else f for i, f in enumerate(STEADY)]
    got = screened(fixes)
    assert (got.rejects, got.lines) == ([], all_but())


def test_what_is_held_at_the_end_passes():
    """Nothing can contradict it any more."""
    fixes = [*STEADY, Fix(200_000.0)]
    assert screened(fixes, flush=False).lines == all_but()
    assert screened(fixes).lines == [*all_but(), 13]
    fixes = [*STEADY, Fix(120.0, north_m=90_000.0)]
    assert screened(fixes, flush=False).lines == all_but()
    assert screened(fixes).lines == [*all_but(), 13]


def test_late_fixes_pass_in_order_of_arrival():
    """They are the engine's to judge; only a repeated one is a duplicate, up to 64 fixes back."""
    fixes = [f._replace(received_s=f.s) for f in drive(70)]
    late = Fix(255.0, north_m=255.0, received_s=800.0)
    got = screened([*fixes, late, late, fixes[60]._replace(received_s=800.0)])
    assert got.rejects == [("duplicate", 72), ("duplicate", 73)]
    assert got.lines == list(range(1, 72))


def test_the_same_place_at_another_time_is_no_duplicate():
    """A parked truck."""
    got = screened([Fix(i * 30.0, kmh=0.0) for i in range(100)])
    assert (got.rejects, len(got.lines)) == ([], 100)


def test_a_frozen_position_is_refused_until_it_moves():
    """In a tunnel a receiver repeats its last place with a speed; the next other place passes at once."""
    fixes = [*drive(3, kmh=72), *(Fix(20.0 + i, north_m=400.0, kmh=72.0) for i in range(1, 20))]
    fixes += [Fix(40.0 + i, north_m=800.0 + 20 * i, kmh=72.0) for i in range(5)]
    got = screened(fixes)
    assert {reason for reason, _ in got.rejects} == {"frozen"}
    # 20 m a second: the tenth repetition makes 200 m.
    assert got.rejects == [("frozen", n) for n in range(13, 23)]
    assert got.lines == [n for n in range(1, 28) if not 13 <= n < 23]


def test_coarse_coordinates_are_not_frozen():
    """Four decimals are 11 m: several fixes a second apart stand at one place at low speed."""
    fixes = [Fix(float(i), north_m=i * 3.0 // 11 * 11, kmh=11.0) for i in range(100)]
    got = screened(fixes)
    assert (got.rejects, len(got.lines)) == ([], 100)


@pytest.mark.parametrize("kmh", [255.0, 6553.5, 180.0])
def test_an_impossible_speed_is_taken_out_and_the_fix_stays(kmh):
    """255 and 65535 stand for unknown; 180 after 100 m in 10 s is more than a car can gain."""
    got = screened(with_fix(5, STEADY[5]._replace(kmh=kmh)))
    assert got.rejects == [("speed_field", 6)]
    assert got.lines == all_but()
    assert [row[-1] for row in got.rows] == [36.0] * 5 + [None] + [36.0] * 6


def test_hard_acceleration_is_believed():
    """0 to 100 km/h in 6 s at a fix a second."""
    fixes, north_m = [], 0.0
    for i in range(12):
        speed = min(i * 4.6, 27.8)
        north_m += speed
        fixes.append(Fix(float(i), north_m=north_m, kmh=speed * 3.6))
    assert screened(fixes).rejects == []


def test_an_impossible_recorder_speed_is_taken_out():
    """As with the receiver's own."""
    got = screened(with_fix(5, STEADY[5]._replace(recorder=400.0)))
    assert (got.rejects, got.lines) == ([("recorder_field", 6)], all_but())


def test_vehicles_do_not_touch_each_other():
    """The same times and far places are no faults between two."""
    other = [f._replace(vehicle="B", east_m=500_000.0) for f in STEADY]
    fixes = [f for pair in zip(STEADY, other, strict=True) for f in pair]
    assert screened(fixes).rejects == []


def test_rejects_say_where_and_why():
    """Vehicle, time, place and figure in words; line and source to find it."""
    screen = Screen(source="drive.csv")
    _, rejected = screen.apply(batch(with_fix(5, STEADY[5]._replace(north_m=50_000))))
    (reject,) = rejected
    assert (reject.reason, reject.source, reject.line) == ("teleport", "drive.csv", 6)
    for said in ("A at 2024-01-05T08:31:05.000Z", "lon 113.500000", "17856 km/h"):
        assert said in reject.detail
    assert screen.counts == {"teleport": 1}


def test_rejects_name_their_file(tmp_path):
    """Of several files merged: the one the fix stands in, with its line there, also for a fix that was held."""
    head = "vehicle,time,lon,lat\n"
    bad = {"a": 7, "b": 10}
    paths = []
    for name, at in bad.items():
        fixes = drive(12, vehicle=name)
        fixes[at] = fixes[at]._replace(north_m=50_000)
        places = [(f.s, *place(f)) for f in fixes]
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text(head + "".join(f"{name},{1704443415 + s:.0f},{x},{y:.6f}\n" for s, x, y in places))
    screen = Screen()
    rejects = [
        reject
        for batch in open_history(paths, options=ReadOptions(batch_rows=3), on_reject=print)
        for reject in screen.apply(batch).rejected
    ]
    assert [(r.reason, r.source, r.line) for r in rejects] == [
        ("teleport", str(path), at + 2) for path, at in zip(paths, bad.values(), strict=True)
    ]


def test_sources_of_different_readings_are_told_apart():
    """Their codes are the same numbers; a batch without sources has the name that the screen was given."""
    screen = Screen(source="stream")
    named = []
    for k, sources in enumerate((("x", "y"), ("y",), (), ("z", "x"))):
        one = batch([Fix(k, vehicle=f"V{k}", valid=False)])
        last = max(len(sources) - 1, 0)
        named += screen.apply(replace(one, sources=sources, line=one.line + last * LINES)).rejected
    assert [(r.source, r.line) for r in named] == [("y", 1), ("y", 1), ("stream", 1), ("x", 1)]


def test_every_reason_has_words():
    """The table of reasons is complete."""
    from ingest.screen import _WORDS

    assert tuple(_WORDS) == REASONS


@pytest.mark.parametrize("name", ["teleport_kmh", "future_s", "gain_mps2", "frozen_m"])
def test_settings_that_make_no_sense_are_named(name):
    """Zero is no limit."""
    with pytest.raises(BadOption, match=name):
        Screen(ScreenSettings(**{name: 0.0}))
    with pytest.raises(BadOption, match="teleport_agree"):
        Screen(ScreenSettings(teleport_agree=1))
