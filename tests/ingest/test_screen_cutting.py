"""Any cutting of the same fixes into batches lets the same through, byte for byte."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.drives import Fix, drive, screened

FAULTS = {
    "no_fix": lambda f, x: f._replace(valid=False),
    "zero": lambda f, x: f._replace(lonlat=(0.0, 0.0)),
    "swapped": lambda f, x: f._replace(lonlat=(22.5, 113.5)),
    "jump": lambda f, x: f._replace(east_m=x * 1000.0),
    "far": lambda f, x: f._replace(lonlat=(0.0, 22.5)),
    "ahead": lambda f, x: f._replace(s=f.s + x * 3600.0),
    "back": lambda f, x: f._replace(s=max(0.0, f.s - x * 10.0)),
    "future": lambda f, x: f._replace(received_s=f.s - x * 60.0),
    "speed": lambda f, x: f._replace(kmh=x * 100.0),
    "sign": lambda f, x: f._replace(signs=1 + x % 3),
    "stuck": lambda f, x: f._replace(north_m=0.0),
    "twice": lambda f, x: f._replace(s=0.0),
}


@st.composite
def faulty_drives(draw) -> list[Fix]:
    """Up to three vehicles, interleaved, with faults anywhere."""
    fixes: list[Fix] = []
    for name in "ABC"[: draw(st.integers(1, 3))]:
        own = drive(draw(st.integers(1, 25)), step_s=draw(st.sampled_from([1.0, 10.0, 30.0])), vehicle=name)
        for _ in range(draw(st.integers(0, 8))):
            i = draw(st.integers(0, len(own) - 1))
            own[i] = FAULTS[draw(st.sampled_from(sorted(FAULTS)))](own[i], draw(st.integers(1, 9)))
        fixes += own
    order = draw(st.permutations(range(len(fixes)))) if draw(st.booleans()) else range(len(fixes))
    return [fixes[i] for i in order]


@settings(max_examples=150)
@given(faulty_drives(), st.lists(st.integers(0, 75), max_size=12))
def test_any_cutting_gives_the_same(fixes, cuts):
    """What passes, what is refused, and in which order."""
    whole = screened(fixes)
    assert screened(fixes, [c for c in cuts if c < len(fixes)]) == whole
    assert screened(fixes, range(1, len(fixes))) == whole


@settings(max_examples=150)
@given(faulty_drives())
def test_every_fix_passes_or_is_refused_once(fixes):
    """Nothing is lost and nothing doubled."""
    got = screened(fixes)
    refused = [line for reason, line in got.rejects if not reason.endswith("_field")]
    assert sorted(got.lines + refused) == list(range(1, len(fixes) + 1))


@settings(max_examples=60)
@given(faulty_drives())
def test_vehicles_are_judged_alone(fixes):
    """Any interleaving of the same drives gives each vehicle the same."""
    whole = screened(fixes)
    for name in {f.vehicle for f in fixes}:
        lines = [i + 1 for i, f in enumerate(fixes) if f.vehicle == name]
        alone = screened([f for f in fixes if f.vehicle == name])
        assert [lines[n - 1] for n in alone.lines] == [n for n in whole.lines if n in set(lines)]
