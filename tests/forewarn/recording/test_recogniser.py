"""The error by a recogniser's ear: what counts as misheard, and what does not."""

from __future__ import annotations

import pytest

from forewarn.recording.recogniser import compare


@pytest.mark.parametrize(
    ("language", "said", "heard", "edits", "units"),
    [
        ("zh", "前方三百米村庄路段", "前方300米村庄路段。", 0, 9),
        ("zh", "前方四百米出口匝道", "前方400米出口渣到", 1, 9),
        ("zh", "前方四百米出口匝道", "前方400米出口扎到", 0, 9),
        ("zh", "限速一百一十，请降速", "限速110,請降速", 0, 9),
        ("zh", "请降速", "", 3, 3),
        ("zh", "请降速", "轻将速", 0, 3),
        ("zh", "您已长时间驾驶", "您已常时间驾驶", 0, 7),
        ("en", "exit ramp in four hundred metres", "Exit ramp in 400 meters.", 0, 6),
        ("en", "limit one hundred five", "Limit 105", 0, 4),
        ("en", "slow to forty-five now", "slow to 45", 1, 5),
        ("en", "village in eighteen hundred feet", "Village in 1,800 feet", 0, 7),
        ("en", "accident blackspot ahead, you are speeding", "Accident black spot ahead. You're speeding", 0, 6),
        ("en", "unsignalled crossing ahead", "Unsignaled crossing ahead!", 0, 3),
    ],
)
def test_edits_over_units(language: str, said: str, heard: str, edits: int, units: int) -> None:
    """Figures, letters of other scripts and spellings that sound alike are the same."""
    one = compare(language, said, heard)
    assert (one.edits, one.units) == (edits, units)


def test_the_units_misheard_are_named() -> None:
    """By number, so that the phrase can be found that they lie in; what was heard too much lies where it was heard."""
    assert compare("zh", "前方四百米出口匝道", "前方400米出口渣道").wrong == (7,)
    assert compare("en", "slow to forty now", "slow to forty").wrong == (3,)
    assert compare("en", "slow down", "slow down now").wrong == (1,)
