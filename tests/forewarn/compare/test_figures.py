"""Figures of two sides beside each other."""

from __future__ import annotations

import msgspec

from forewarn.compare.figures import Figure, compared
from forewarn.judge.figures import Figures, figures_of
from forewarn.judge.load import Driving


def figures(found_pct: float | None = None) -> Figures:
    """Figures without evidence, but for the share that was found of the ramps."""
    none = figures_of("v", "t", [], [], [], [], Driving(0.0, 0.0), km_outside=None, noise_m=0.0, fixes=0, vehicles=0)
    ramp = none.kinds["ramp"]
    told = msgspec.structs.replace(ramp.passages, found_pct=found_pct, scored=0 if found_pct is None else 10)
    return msgspec.structs.replace(none, kinds={**none.kinds, "ramp": msgspec.structs.replace(ramp, passages=told)})


def test_a_kind_without_evidence_on_either_side_is_not_compared() -> None:
    """Only all kinds together and the load are left, and they are not judged."""
    rows = compared(figures(), figures())
    assert {one.kind for one in rows} == {"all", "load"}
    assert all(one.change in (0, None) for one in rows)


def test_a_figure_that_one_side_lacks_has_no_change() -> None:
    """Nothing is not nought."""
    found = {(one.kind, one.name): one for one in compared(figures(90.0), figures())}
    assert found["ramp", "found"] == Figure("ramp", "found", "%", 90.0, None)
    assert found["ramp", "found"].change is None
    both = {(one.kind, one.name): one for one in compared(figures(90.0), figures(92.5))}
    assert both["ramp", "found"].change == 2.5
