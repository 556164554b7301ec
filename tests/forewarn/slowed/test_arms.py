"""Which passages may be compared."""

from __future__ import annotations

import msgspec
import pytest

from forewarn.records import Outcome, Passage
from forewarn.slowed.arms import ARMS, Arms, Gathering, by_alert, first_speeds
from tests.alerts.test_record import ALERT
from tests.forewarn.slowed.made import outcome, passage


def gathered(one: Passage, *outcomes: Outcome, before: bool = False, introduced_s: float | None = None) -> Arms:
    """The table of one passage."""
    gathering = Gathering(by_alert(outcomes), introduced_s)
    gathering.add([one], before=before)
    return gathering.arms()


@pytest.mark.parametrize(
    ("outcomes", "arm"),
    [
        ([outcome(1)], "spoken"),
        ([outcome(1, "failed"), outcome(1)], "spoken"),
        ([outcome(1, "failed")], "failed"),
        ([outcome(1, "failed"), outcome(1, "failed")], "failed"),
    ],
)
def test_one_prompt_heard_is_a_warned_driver_and_all_failed_is_one_who_was_not(
    outcomes: list[Outcome], arm: str
) -> None:
    """A passage may have several prompts."""
    found = gathered(passage(1), *outcomes)
    assert [ARMS[code] for code in found.arm] == [arm]
    assert (found.approach_kmh.tolist(), found.entry_kmh.tolist()) == ([60.0], [50.0])


@pytest.mark.parametrize(
    ("one", "outcomes", "reason"),
    [
        (passage(1), [], "no outcome known"),
        (passage(1), [outcome(1, "expired"), outcome(1, "failed")], "not spoken: expired"),
        (passage(1), [outcome(1, "withdrawn"), outcome(1, "cut")], "not spoken: cut, withdrawn"),
        (passage(1), [outcome(1, began=None)], "spoken, and nobody says when"),
        (passage(1), [outcome(1, began="2026-01-01T08:00:40.000Z")], "spoken behind the entry"),
        (
            passage(1),
            [outcome(1, began="2026-03-01T10:00:00.000Z")],
            "spoken at another time: a replay, which no driver",
        ),
        (passage(1, approach=None), [outcome(1)], "no prompt was due"),
        (passage(1, entry=None), [outcome(1)], "entry not passed"),
    ],
)
def test_what_may_not_be_compared_is_counted_by_reason(one: Passage, outcomes: list[Outcome], reason: str) -> None:
    """A prompt that was withdrawn because the driver slowed, or spoken to an analyst, would bend the answer."""
    found = gathered(one, *outcomes)
    assert found.arm.size == 0
    assert [text.startswith(reason) for text in found.left_out] == [True]


def test_the_approach_speed_is_that_at_the_first_prompt_where_alerts_tell() -> None:
    """A driver who slows between two prompts came as fast as he came; a passage without its alert is left out."""
    alerts = [
        msgspec.structs.replace(ALERT, id="a1", seq=seq, speed_kmh=kmh, prompt=ALERT.prompt if prompt else None)
        for seq, kmh, prompt in ((3, 45.0, True), (0, 90.0, False), (1, 80.0, True))
    ]
    for first_kmh, approach in ((first_speeds(alerts), [80.0]), (None, [60.0]), ({}, [])):
        gathering = Gathering(by_alert([outcome(1)]), first_kmh=first_kmh)
        gathering.add([passage(1)])
        assert gathering.arms().approach_kmh.tolist() == approach
    assert gathering.left_out == {"no prompt of its own among the alerts": 1}


def test_before_is_told_by_file_or_by_date() -> None:
    """The passages of the time before need no outcome; one that was spoken to is none of them."""
    assert gathered(passage(1), before=True).arm.tolist() == [2]
    assert gathered(passage(1), introduced_s=1_800_000_000.0).arm.tolist() == [2]
    assert gathered(passage(1), outcome(1), introduced_s=1_700_000_000.0).arm.tolist() == [0]
    assert gathered(passage(1), outcome(1), before=True).left_out == {"spoken before the introduction": 1}
