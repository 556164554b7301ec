"""Options narrow down what is shown, and the register says whose a vehicle is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from forewarn.watching.wanted import Carriers, Wanted
from tests.forewarn.watching.scene import ALERT

NOTHING: dict[str, Any] = {"kind": (), "segment": (), "vehicle": (), "carrier": ()}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, True),
        ({"kind": ("approach", "fatigue")}, True),
        ({"kind": ("fatigue",)}, False),
        ({"segment": ("ramp-1",)}, True),
        ({"segment": ("G15 出口",)}, True),
        ({"segment": ("ramp-2",)}, False),
        ({"vehicle": ("B12345",), "kind": ("speeding",)}, False),
        ({"carrier": ("Harbour Haulage",)}, True),
        ({"carrier": ("Inland Oil",)}, False),
    ],
)
def test_filters_of_different_options_narrow_down(given: dict[str, Any], shown: bool) -> None:
    """Those of one option add up."""
    assert Wanted({**NOTHING, **given})(ALERT, "Harbour Haulage") is shown


def test_an_alert_of_no_segment_is_none_of_a_segment() -> None:
    """Speeding and fatigue have none."""
    assert not Wanted({**NOTHING, "segment": ("ramp-1",)})(replace(ALERT, segment=None), None)


def test_what_the_register_does_not_say_is_not_known() -> None:
    """A vehicle that is not there, was removed, or whose entry cannot be read has no carrier."""
    carriers = Carriers()
    entry = b'{"vehicle": "A", "carrier": "Harbour Haulage"}'
    carriers.know(SimpleNamespace(key=key, value=entry) for key in (b"A", b"B", b"C"))
    assert carriers.of("A") == "Harbour Haulage" and carriers.of("D") is None
    values = {b"A": None, b"B": b"[", b"C": b'{"vehicle": "C", "carrier": ["x"]}'}
    carriers.know(SimpleNamespace(key=key, value=value) for key, value in values.items())
    assert [carriers.of(vehicle) for vehicle in "ABC"] == [None, None, None]
