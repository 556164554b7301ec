"""Distances read back from sentences are those that were put into them, whatever the language and the unit."""

from __future__ import annotations

from itertools import pairwise

import pytest

from alerts.prompts import LANGUAGES, sentence
from alerts.prompts.facts import Facts
from alerts.prompts.rounding import FEET, M_PER_FOOT, METRES
from forewarn.judge.told import told_m


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("kind", ["ramp", "unsignalled_crossing", "village_road"])
@pytest.mark.parametrize("form", ["advisory", "conditional", "plain", "sharper"])
def test_every_distance_is_read_back(language: str, kind: str, form: str) -> None:
    """The sharper sentence tells none."""
    for distances, miles in ((METRES, False), ([feet * M_PER_FOOT for feet in FEET], True)):
        for metres in distances:
            text = sentence(language, Facts(kind, form, distance_m=float(metres), limit_kmh=40.0, miles=miles))
            expected = [] if form == "sharper" else [float(metres)]
            assert list(told_m(language, text)) == pytest.approx(expected), text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_both_distances_of_a_joint_sentence(language: str) -> None:
    """In their order."""
    far = [float(m) for m in METRES if m >= 200]
    for first, second in pairwise(far):
        facts = Facts("ramp", "conditional", subtype="exit", distance_m=first, also_m=second, limit_kmh=40.0)
        text = sentence(language, facts)
        assert told_m(language, text) == (first, second), text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_limits_and_speeds_are_no_distances(language: str) -> None:
    """Numbers without a unit of length."""
    text = sentence(language, Facts("ramp", "plain", limit_kmh=40.0, speed_kmh=85.0))
    assert told_m(language, text) == ()
