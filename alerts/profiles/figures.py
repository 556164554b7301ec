"""The figures of a profile: for each setting of each rule its unit, its range and its meaning in a few words.

The keys are exactly the fields of the rules' ``Settings``; tests hold them together. Values and sources stand in the
profiles themselves.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Figure(NamedTuple):
    """What a setting may be."""

    unit: str
    """``s``, ``h``, ``km/h``, ``m``, ``m/s2``, ``deg``, ``%``, ``share``, or ``count``."""
    least: float
    """Smallest value that makes sense."""
    most: float
    """Largest value that makes sense."""
    meaning: str
    """In a few words, for a person who reads a profile."""


_DAY_S: Final = 86_400.0

FIGURES: Final[dict[str, dict[str, Figure]]] = {
    "approach": {
        "latency_network_s": Figure("s", 0, 60, "from the fix to the loudspeaker over a network"),
        "latency_board_s": Figure("s", 0, 60, "the same where the engine runs on board"),
        "reaction_s": Figure("s", 0, 10, "from the end of the sentence to the foot on the brake"),
        "decel_ms2": Figure("m/s2", 0.2, 8, "comfortable braking"),
        "least_lead_s": Figure("s", 0, 120, "least time before the entry at which the sentence begins"),
        "heading_gate_deg": Figure("deg", 5, 90, "largest angle between course and road"),
        "least_speed_kmh": Figure("km/h", 0, 30, "at or below this a vehicle is standing and hears nothing"),
        "near_share": Figure("share", 0, 1, "least weight of the lines that lead there against all candidates"),
        "advise_ramp": Figure("share", 0, 2, "from this share of a ramp's limit a driver hears of it; over 1: no one"),
        "advise_crossing": Figure("share", 0, 2, "the same for crossings"),
        "advise_village": Figure("share", 0, 2, "the same for village roads and other kinds"),
        "firm_after": Figure("count", 1, 100, "ignored warnings at a place before the firmer sentence"),
        "firm_earlier_s": Figure("s", 0, 10, "how much earlier a repeater hears it"),
        "joint_s": Figure("s", 0, 600, "places that come within this of each other share one sentence"),
        "stale_s": Figure("s", 1, _DAY_S, "a fix older than this on arrival is never spoken of"),
        "early_s": Figure("s", 0, 600, "a sentence begins no earlier than this, unless the lead asks for it"),
        "margin_s": Figure("s", 0, 60, "so much sooner than its speed says a vehicle may be there"),
    },
    "speeding": {
        "general_kmh": Figure("km/h", 0, 200, "highest speed of the class on any road; 0 for none"),
        "tolerance_kmh": Figure("km/h", 0, 50, "over the limit by no more than this is not speeding"),
        "tolerance_pct": Figure("%", 0, 50, "the same in per cent; the larger of the two counts"),
        "least_s": Figure("s", 0, 600, "how long it must last; 0 fires on a single fix"),
        "end_below_kmh": Figure("km/h", 0, 50, "so far under the broken limit it ends at once"),
        "end_after_s": Figure("s", 0, 600, "or after so long without being over the limit"),
        "gap_s": Figure("s", 1, 3600, "a longer silence ends it at the last fix over"),
        "minor_pct": Figure("%", 0, 500, "over this, severity is minor"),
        "major_pct": Figure("%", 0, 500, "over this, severity is major"),
        "critical_pct": Figure("%", 0, 500, "over this, severity is critical"),
        "night_share": Figure("share", 0.1, 1, "limits at night as a share of those by day; 1 for no difference"),
        "night_from_h": Figure("h", 0, 24, "local hour at which the night begins"),
        "night_to_h": Figure("h", 0, 24, "local hour at which it ends"),
        "utc_offset_h": Figure("h", -12, 14, "local time minus UTC"),
        "expires_s": Figure("s", 1, 120, "how long the sentence is worth speaking"),
    },
    "fatigue": {
        "limit_s": Figure("s", 0, _DAY_S, "longest driving without a rest; 0 for none"),
        "rest_s": Figure("s", 60, _DAY_S, "the rest that starts the clock anew"),
        "first_part_s": Figure("s", 0, _DAY_S, "first part of a split rest; 0 where it cannot be split"),
        "second_part_s": Figure("s", 0, _DAY_S, "second part of a split rest"),
        "day_limit_s": Figure("s", 0, _DAY_S, "longest driving in a day; 0 for none"),
        "day_rest_s": Figure("s", 0, 2 * _DAY_S, "the rest that begins a new day; 0: the last 24 clock hours"),
        "window_s": Figure("s", 0, _DAY_S, "time after a day's first driving in which to drive; 0 for none"),
        "night_limit_s": Figure("s", 0, _DAY_S, "longest driving at night without a rest; 0 for none"),
        "night_from_h": Figure("h", 0, 24, "local hour at which the night begins"),
        "night_to_h": Figure("h", 0, 24, "local hour at which it ends"),
        "utc_offset_h": Figure("h", -12, 14, "local time minus UTC"),
        "ahead_s": Figure("s", 0, 7200, "pre-warning so long before the nearest limit; 0 for none"),
        "remind_s": Figure("s", 0, 7200, "time between reminders past a limit; 0 for none"),
        "halt_s": Figure("s", 0, 1800, "a shorter stand counts as driving"),
        "drive_kmh": Figure("km/h", 0, 30, "above this a vehicle drives"),
        "sure_kmh": Figure("km/h", 0, 60, "above this it drives even where its position does not move"),
        "move_m": Figure("m", 10, 1000, "a parked vehicle has moved off when it is further away than this"),
        "gap_s": Figure("s", 10, 3600, "a longer silence is a gap, judged by the distance covered"),
        "gap_kmh": Figure("km/h", 5, 120, "straight-line speed at which a gap's distance was driven"),
        "expires_s": Figure("s", 1, 600, "how long a sentence is worth speaking"),
        "signs_window_s": Figure("s", 0, 7200, "time in which signs seen by the cab's camera count; 0: they never do"),
        "signs_needed": Figure("count", 0, 16, "the driver is told at so many, fatigue counts 2, phone 1; 0: never"),
    },
    "pace": {
        "min_gap_s": Figure("s", 0, 3600, "least time between two prompts; sharper and fatigue excepted"),
        "per_hour": Figure("count", 1, 24, "most prompts within any hour"),
    },
}
"""Rule (and section of a profile) to key to figure."""
