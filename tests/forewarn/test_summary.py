"""The summary for a person: what was read, left out, passed, said; who offends again and again."""

from __future__ import annotations

import io
from typing import Any

from forewarn.cleaning import clean
from forewarn.printing import console
from forewarn.replay import Tally
from forewarn.summary import MOST_REPEATERS, print_summary
from ingest.positions import Reject
from tests.forewarn.test_sinks import HOSTILE


def repeater(vehicle: str = "T1", ignored: int = 3, broken: int = 2, driver: str | None = None) -> dict[str, Any]:
    """One who ignores warnings."""
    return {
        "vehicle": vehicle,
        "driver": driver,
        "segment": "s",
        "name": "G25 出口 12",
        "ignored": ignored,
        "broken": broken,
        "last_at": "2026-01-01T00:00:00.000Z",
    }


def printed(tally: Tally | None = None, **changes: Any) -> str:
    """The summary as text."""
    summary = {
        "fixes": 1234,
        "vehicles": 2,
        "unregistered": 2,
        "from": "2026-01-01T00:00:00.000Z",
        "to": "2026-01-01T08:00:00.000Z",
        "rejected": {},
        "speeds_doubted": {},
        "passages": {"ramp": 3},
        "passages_warned": {"ramp": 2},
        "prompts": {"approach conditional": 2},
        "without_prompt": {"rate_limited": 1},
        "shared": 7,
        "withdrawn": 4,
        "episodes": {"speeding": 5},
        "repeaters": [],
        "profile": "cn-hazmat",
        "segments": {"file": "s.geojson", "version": "v", "count": 12},
        "notes": [],
    } | changes
    out, text = console(), io.StringIO()
    out.file = text
    print_summary(summary, tally or Tally(), out)
    return text.getvalue()


def test_it_tells_every_count() -> None:
    """With the period and the rules."""
    text = printed()
    for word in (
        "1,234 of 2 vehicles, 2026-01-01 00:00Z to 2026-01-01 08:00Z",
        "ramp 3; in 2 the driver was warned",
        "approach conditional 2; 7 further places told in them",
        "rate limited 1; withdrawn 4",
        "speeding 5",
        "cn-hazmat; 12 segments of s.geojson",
    ):
        assert word in text


def test_left_out_rows_are_shown_with_file_and_line() -> None:
    """One example a reason."""
    tally = Tally()
    tally.reject(Reject("bad_number", "drive.csv", 17, "speed 'fast'"))
    text = printed(tally, rejected={"bad_number": 1})
    assert "bad number 1" in text
    assert "bad_number: drive.csv:17: speed 'fast'" in text


def test_a_quiet_replay_has_a_summary_too() -> None:
    """Nothing read, nothing said."""
    text = printed(fixes=0, vehicles=0, **{"from": None}, to=None, passages={}, passages_warned={}, prompts={})
    assert "0 of 0 vehicles" in text and "none" in text


def test_repeaters_are_those_of_more_than_once_worst_first() -> None:
    """One ignored warning is no habit; at most ten are listed, all are counted."""
    many = [repeater(f"T{k:02d}", ignored=k, broken=0) for k in range(2, 20)]
    text = printed(repeaters=[repeater("once", 1, 1), *many])
    assert "once" not in text
    assert text.count("warning ignored") == MOST_REPEATERS
    assert text.index("T19") < text.index("T18")
    assert "18" in text.split("repeaters")[1].splitlines()[0]


def test_hostile_names_do_no_harm() -> None:
    """Vehicle, driver, file, detail and note come from files of others: no escapes, no markup, nothing raised."""
    tally = Tally()
    tally.reject(Reject("bad_number", HOSTILE, 1, "[/dim] [red]" + HOSTILE))
    text = printed(
        tally,
        rejected={"bad_number": 1},
        repeaters=[repeater("[red]" + HOSTILE, driver="[/]" + HOSTILE)],
        notes=["[/bold] " + HOSTILE],
        segments={"file": "[/x].geojson", "version": "v", "count": 1},
    )
    assert "\x1b" not in text
    assert all(clean(line) == line for line in text.splitlines())
    assert "[bold]B[/bold]" in text
    assert "[red]" in text and "[/x].geojson" in text
