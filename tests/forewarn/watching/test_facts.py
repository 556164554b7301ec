"""All fields of an alert are told, and all its states."""

from __future__ import annotations

from datetime import UTC

import msgspec

from alerts.record import Alert, SegmentRef, Worst
from forewarn.watching.facts import fields, states
from forewarn.watching.moments import Moments
from forewarn.watching.words import Words
from tests.forewarn.watching.scene import SAID, arrived, cleared, entry

TOLD = Words("en"), Moments(UTC)


def test_every_field_of_the_record_is_told() -> None:
    """A value that is put into any of them is found again."""
    one = entry(
        arrived(
            "an-id",
            carrier="Harbour Haulage",
            seq=7,
            reason="worse",
            retrospective=True,
            ended_at="2026-03-02T07:08:09.000Z",
            branch_ahead_m=321.0,
            heading_deg=123.0,
            worst=Worst("2026-03-02T06:30:00.000Z", 99.0, 23.4, 3_700.0),
        )
    )
    told = dict(fields(one, *TOLD))
    assert told == {
        "Vehicle": "B12345",
        "Driver": "D7",
        "Carrier": "Harbour Haulage",
        "State": "raised",
        "Reason": "worse",
        "Severity": "minor !",
        "At": "2026-03-02 06:00:00",
        "Started": "2026-03-02 06:00:00",
        "Ended": "2026-03-02 07:08:09",
        "Segment": "G15 出口 (ramp, ramp-1)",
        "To the entry": "400 m",
        "To the branch": "321 m",
        "Speed": "62 km/h",
        "Limit": "40 km/h",
        "Heading": "123 deg",
        "Position": "22.700000, 114.200000",
        "Worst": "06:30:00, 99 km/h, 23 % over, driven 1:01 h",
        "In retrospect": "yes",
        "Sentence": "plain, priority 3",
        "Language": "zh",
        "Said at": "06:00:01",
        "Expires": "06:00:20",
        "Seq": "7",
        "Id": "an-id",
    }


def test_states_are_told_from_the_newest() -> None:
    """With what was said in each, why, and how fast."""
    told = states(entry(arrived(), cleared(at="2026-03-02T06:01:00.000Z", speed_kmh=None)), *TOLD)
    assert [(one.heading, one.more) for one in told] == [
        ("✓ cleared  06:01:00  #1", "left"),
        ("▸ raised  06:00:00  #0", "plain 「匝道限速四十，请减速」, 62 km/h"),
    ]


def hostile(told: type) -> dict[str, object]:
    """The fields of a struct that hold text, with an escape sequence in each."""
    return {
        field.name: f"\x1b[2J{field.name}" for field in msgspec.structs.fields(told) if field.type in (str, str | None)
    }


def test_no_text_of_a_record_reaches_the_terminal_as_it_is() -> None:
    """Whichever field it stands in."""
    alert = {
        **hostile(Alert),
        "segment": SegmentRef(*["\x1b]0;x\x07"] * 3),
        "worst": Worst("\x9b1m", None, None, None),
    }
    prompt = msgspec.structs.replace(SAID, **hostile(type(SAID)))
    one = entry(arrived(carrier="\x1b[31mred", **{**alert, "prompt": prompt}))
    told = [value for _, value in fields(one, *TOLD)]
    told += [word for state in states(one, *TOLD) for word in state]
    assert [text for text in told if not text.isprintable()] == []
    assert sum("[2J" in text for text in told) >= 14
