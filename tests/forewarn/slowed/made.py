"""Passages whose effect is known: warned ones enter so much slower."""

from __future__ import annotations

import numpy as np

from forewarn.records import Outcome, Passage, SegmentRef

DAY = "2026-01-01"


def passage(
    number: int,
    *,
    vehicle: str = "V1",
    segment: str = "r1",
    approach: float | None = 60.0,
    entry: float | None = 50.0,
    day: str = DAY,
    kind: str = "ramp",
) -> Passage:
    """A passage entered at 08:00:30 of a day, with an alert ``a{number}``."""
    return Passage(
        id=f"p{number}",
        vehicle=vehicle,
        driver=None,
        segment=SegmentRef(segment, kind, f"place {segment}"),
        approached_at=f"{day}T08:00:00.000Z",
        entered_at=None if entry is None else f"{day}T08:00:30.000Z",
        left_at=None,
        speed_at_prompt_kmh=approach,
        speed_at_entry_kmh=entry,
        lowest_kmh=entry,
        highest_kmh=approach,
        alert_ids=(f"a{number}",),
    )


def outcome(number: int, what: str = "spoken", *, began: str | None = f"{DAY}T08:00:05.000Z") -> Outcome:
    """What became of the prompt of passage ``number``."""
    return Outcome(f"a{number}", 0, what, began_at=began if what == "spoken" else None)


def fleet(effect_kmh: float, passages: int = 400, seed: int = 1) -> tuple[list[Passage], list[Outcome]]:
    """Forty vehicles, each with manners of its own, at four segments; two of three are spoken to, the rest failed."""
    random = np.random.default_rng(seed)
    manner = random.normal(0.0, 4.0, 40)
    made, said = [], []
    for number in range(passages):
        who = int(random.integers(40))
        approach = float(random.uniform(45.0, 90.0))
        spoken = bool(random.random() < 0.67)
        entry = (
            20.0
            + 0.5 * approach
            + float(manner[who])
            + float(random.normal(0.0, 3.0))
            + (effect_kmh if spoken else 0.0)
        )
        where = f"r{int(random.integers(4))}"
        made.append(
            passage(number, vehicle=f"V{who}", segment=where, approach=round(approach, 1), entry=round(entry, 1))
        )
        said.append(outcome(number, "spoken" if spoken else "failed"))
    return made, said
