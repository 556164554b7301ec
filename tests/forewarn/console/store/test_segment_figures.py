"""How segments are driven: counted over a whole time, of all vehicles or of some."""

from __future__ import annotations

from typing import Any

from alerts.record import Passage, SegmentRef
from forewarn.console.store import Store, records
from forewarn.console.store import segment_figures as figures
from forewarn.console.store.segment_figures import Slowing
from tests.forewarn.console.making import T0, alert, passage, prompt

OTHER = SegmentRef("x'\"\\", "village_road", "村")
IDS = ("ramp-1", OTHER.id, "never")


def drove(number: int, vehicle: str, before: float | None, then: float | None, **fields: Any) -> Passage:
    """A passage of one of two vehicles, at such speeds."""
    speeds = {"speed_at_prompt_kmh": before, "speed_at_entry_kmh": then}
    return passage(f"p{number}", T0 + number, vehicle=vehicle, **{**speeds, **fields})


def test_passages_and_prompts_are_counted_by_segment(store: Store) -> None:
    """Since a moment; of some vehicles only theirs, and nothing of nobody's."""
    with store.begin() as c:
        records.put_passages(
            c,
            [
                drove(0, "v1", 80.0, 40.0), drove(1, "v2", 80.0, 40.0, alert_ids=()),
                drove(2, "v2", None, None, segment=OTHER), drove(-1, "v1", 80.0, 40.0),
            ],
        )  # fmt: skip
        records.put_alerts(c, [alert("e1", prompt=prompt()), alert("e2", vehicle="v2"), alert("e3", at_ms=T0 - 1)])
    with store.read() as c:
        assert figures.passages(c, IDS, T0) == {"ramp-1": 2, OTHER.id: 1}
        assert figures.passages(c, IDS, T0, ["v2", "v9"]) == {"ramp-1": 1, OTHER.id: 1}
        assert figures.passages(c, IDS, T0, []) == figures.passages(c, [], T0) == {}
        assert figures.warned(c, IDS, T0) == {"ramp-1": 1, OTHER.id: 1}
        assert figures.prompts(c, IDS, T0) == {"ramp-1": 1} and figures.prompts(c, IDS, T0, ["v2"]) == {}


def test_whether_drivers_slowed_down_is_told_of_all_passages(store: Store) -> None:
    """Medians and how many kept the limit, however many there are; of the speeds themselves only the newest."""
    drives = [drove(n, "v1" if n % 2 else "v2", 60.0 + n % 11, 30.0 + n % 21) for n in range(1_500)]
    with store.begin() as c:
        records.put_passages(c, [*drives, drove(1_600, "v1", None, 20.0), drove(1_700, "v1", 90.0, None)])
    with store.read() as c:
        assert figures.slowing(c, "ramp-1", T0, 40.0) == Slowing(1_500, sum(n % 21 <= 10 for n in range(1_500)), 65, 40)
        assert figures.slowing(c, "ramp-1", T0, None, ["v1"]).compared == 750
        assert figures.slowing(c, "ramp-1", T0 + 1_497, None) == Slowing(3, None, 62, 37)
        assert figures.slowing(c, "ramp-1", T0 + 1_498, None) == Slowing(2, None, 62.5, 37.5)
        assert figures.slowing(c, "never", T0, 40.0) == Slowing(0, 0, None, None)
        assert figures.speeds(c, "ramp-1", T0, 2) == [(63.0, 38.0), (62.0, 37.0)]


def test_many_vehicles_are_one_question(store: Store) -> None:
    """More than a database takes as variables."""
    with store.begin() as c:
        records.put_passages(c, [drove(0, "v1", 80.0, 40.0), drove(1, "y\x00", 80.0, 40.0)])
    with store.read() as c:
        many = [*(f"n{k}" for k in range(70_000)), "v1", "y\x00"]
        assert figures.passages(c, IDS, T0, many) == figures.warned(c, IDS, T0, many) == {"ramp-1": 2}
        assert figures.slowing(c, "ramp-1", T0, 40.0, many) == Slowing(2, 2, 80.0, 40.0)
